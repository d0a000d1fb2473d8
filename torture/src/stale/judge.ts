import { readFile } from "node:fs/promises";

import { verifySession } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";

import { readLog } from "../kill/judge-log.ts";
import { effectsFile } from "./plot.ts";

import type { CallOutcome, DurableEvent, EventType } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { EffectLine } from "./plot.ts";

/** A take-over, as whoever took over saw it: nothing of an earlier fence may stand after this seq. */
export interface Taking {
  readonly sessionId: string;
  readonly fence: number;
  readonly headSeq: number;
  readonly by: "owner" | "taker";
}

/** What a session came to, counted. */
export interface Verdict {
  readonly broken: readonly string[];
  /** Calls that a former owner had begun and not settled. */
  readonly begun: number;
  /** Those of them that may be repeated, and were. */
  readonly repeated: number;
  /** Those that are recorded as unknown. */
  readonly unknown: number;
  /** Calls recorded as unknown whose effect happened. */
  readonly happened: number;
}

/** What of the promises does not hold for a session that was taken over, or was not. */
export const judge = async (
  store: Store,
  place: { readonly directory: string; readonly sessionId: string },
  takings: readonly Taking[],
): Promise<Verdict> => {
  const { sessionId } = place;
  const log = await readLog(store, sessionId);
  const effects = await readEffects(place);
  const calls = toCalls(log).map((call) => ({ ...call, effects: effects.filter(({ callId }) => callId === call.id) }));
  const lost = calls.filter(({ begunUnder, settledUnder }) => (begunUnder[0] ?? Infinity) < (settledUnder ?? Infinity));
  const { chain, projections } = await verifySession(store, sessionId as never, sha256);
  const broken = [
    ...fencesOf(log, takings),
    ...calls.flatMap(complaintsOf),
    ...["step", "execution"].flatMap((what) => endsOf(log, what)),
    ...[...chain, ...projections].map((finding) => JSON.stringify(finding)),
  ];
  const unknown = lost.filter(({ outcome }) => reasonOf(outcome) === "unknown-outcome");
  return {
    broken: broken.map((sentence) => `${sessionId}: ${sentence}`),
    begun: lost.length,
    repeated: lost.filter(({ begunUnder }) => begunUnder.length > 1).length,
    unknown: unknown.length,
    happened: unknown.filter((call) => call.effects.length > 0).length,
  };
};

interface Call {
  readonly id: string;
  readonly name: string;
  /** The fences under which it began. */
  readonly begunUnder: readonly number[];
  readonly settledUnder: number | undefined;
  readonly settlements: number;
  readonly outcome: CallOutcome | undefined;
}

const toCalls = (log: readonly DurableEvent[]): readonly Call[] =>
  of(log, "tool.called").map(({ data: { callId, name } }) => {
    const settled = of(log, "tool.settled").filter(({ data }) => data.callId === callId);
    return {
      id: callId,
      name,
      begunUnder: of(log, "tool.begun").flatMap(({ fence, data }) => (data.callId === callId ? [fence ?? 0] : [])),
      settledUnder: settled[0]?.fence ?? undefined,
      settlements: settled.length,
      outcome: settled[0]?.data.outcome,
    };
  });

const fencesOf = (log: readonly DurableEvent[], takings: readonly Taking[]): readonly string[] => {
  const fenced = log.flatMap(({ seq, type, fence }) => (fence === null ? [] : [{ seq, type, fence }]));
  const shrinking = fenced.filter(({ fence }, index) => fence < (fenced[index - 1]?.fence ?? 0));
  const stale = fenced.filter(({ seq, fence }) =>
    takings.some((taking) => taking.headSeq < seq && fence < taking.fence),
  );
  return [
    ...shrinking.map(({ seq, type, fence }) => `${type} at ${seq} has the fence ${fence}, less than one before it`),
    ...stale.map(({ seq, type }) => `a former owner committed ${type} at ${seq}, after the claim was taken`),
  ];
};

const complaintsOf = (call: Call & { readonly effects: readonly EffectLine[] }): readonly string[] => {
  const { begunUnder, settledUnder, outcome, effects } = call;
  const complaints: string[] = [];
  const expect = (holds: boolean, sentence: string): void =>
    void (holds || complaints.push(`${call.name} ${call.id}: ${sentence}, and came to ${JSON.stringify(outcome)}`));
  const reason = reasonOf(outcome);
  const isLost = begunUnder.length > 0 && begunUnder.at(-1) !== settledUnder;
  expect(call.settlements === 1, `was settled ${call.settlements} times`);
  // A call that began again is the new owner's; one that did not is settled for somebody who cannot be asked.
  expect(!isLost || reason === "unknown-outcome", "was begun by a former owner");
  expect(effects.length === 0 || reason === undefined || reason === "unknown-outcome", "had its effect");
  expect(outcome?.status !== "completed" || effects.length > 0, "had no effect");
  expect(effects.length <= Math.max(1, begunUnder.length), `had ${effects.length} effects`);
  expect(effects.length === 0 || begunUnder.length > 0, "had its effect without being begun");
  if (call.name === "mark") expect(begunUnder.length <= 1, "began again although it must not");
  return complaints;
};

const reasonOf = (outcome: CallOutcome | undefined): string | undefined =>
  outcome?.status === "stopped" ? outcome.reason : undefined;

/** Steps or executions that do not have exactly one end. */
const endsOf = (log: readonly DurableEvent[], what: string): readonly string[] => {
  const idOf = ({ data }: DurableEvent): unknown => Reflect.get(data, `${what}Id`);
  const ends = log.filter(({ type }) => type === `${what}.ended` || type === `${what}.failed`).map(idOf);
  return log
    .filter(({ type }) => type === `${what}.started`)
    .map(idOf)
    .filter((id) => ends.filter((end) => end === id).length !== 1)
    .map((id) => `the ${what} ${String(id)} does not have one end`);
};

const of = <TType extends EventType>(log: readonly DurableEvent[], type: TType): readonly DurableEvent<TType>[] =>
  log.filter((event): event is DurableEvent<TType> & DurableEvent => event.type === type);

const readEffects = async ({
  directory,
  sessionId,
}: {
  readonly directory: string;
  readonly sessionId: string;
}): Promise<readonly EffectLine[]> => {
  const content = await readFile(effectsFile(directory, sessionId), "utf8").catch(() => "");
  return content
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EffectLine);
};

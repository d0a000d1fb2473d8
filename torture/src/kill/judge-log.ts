import { decodeEvent } from "@holdfast/core/event";
import { verifySession } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";

import { countEffects, promptId } from "./plot.ts";

import type { SessionId } from "@holdfast/core";
import type { DurableEvent, EventType } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { PlotPlace } from "./plot.ts";

/** Reads a session's whole log. */
export const readLog = async (store: Store, sessionId: string): Promise<readonly DurableEvent[]> => {
  const events = await store.events({ sessionId: sessionId as SessionId, after: -1, limit: 500 });
  return events.flatMap((sealed) => decodeEvent(sealed) ?? []);
};

/** What of the promises does not hold for a session of the plot that came to its end. */
export const judgeLog = async (store: Store, place: PlotPlace): Promise<readonly string[]> => {
  const log = await readLog(store, place.sessionId);
  const broken: string[] = [];
  const expect = (holds: boolean, sentence: string): void => void (holds || broken.push(sentence));
  const of = <TType extends EventType>(type: TType) =>
    log.filter((event): event is DurableEvent<TType> & DurableEvent => event.type === type);

  expect(of("input.admitted").length === 1, "expected one admission");
  expect(
    of("input.promoted").filter(({ data }) => (data as { messageId: string }).messageId === promptId).length === 1,
    "expected one promotion",
  );
  expectOneEach(broken, "call", {
    opened: keys(of("tool.called"), "callId"),
    ended: keys(of("tool.settled"), "callId"),
  });
  expectOneEach(broken, "step", {
    opened: keys(of("step.started"), "stepId"),
    ended: [...keys(of("step.ended"), "stepId"), ...keys(of("step.failed"), "stepId")],
  });
  expectOneEach(broken, "execution", {
    opened: keys(of("execution.started"), "executionId"),
    ended: keys(of("execution.ended"), "executionId"),
  });
  for (const { seq, time, data } of of("retry.scheduled")) {
    const next = log.find((event) => event.seq > seq && event.type === "attempt.started");
    const { delayMs } = data as { readonly delayMs: number };
    // Slept by the monotonic clock, and told by the other one.
    if (next !== undefined) expect(next.time >= time + delayMs - 20, "a retry came before its delay was over");
  }
  const repeated = of("tool.begun").filter(
    ({ data }) =>
      (data as { replay: string; attempt: number }).replay === "never" && (data as { attempt: number }).attempt > 1,
  );
  expect(repeated.length === 0, "a begun call that must never be repeated was begun again");
  expect((await countEffects(place.directory)) <= 1, "the effect that must never be repeated happened more than once");
  expect(
    log.at(-1)?.type === "execution.ended",
    `expected the execution's end as the last event, found ${log.at(-1)?.type}`,
  );

  const { chain, projections } = await verifySession(store, place.sessionId as SessionId, sha256);
  for (const finding of chain) broken.push(`the log: ${JSON.stringify(finding)}`);
  for (const finding of projections) broken.push(`a projection differs from its rebuild: ${JSON.stringify(finding)}`);
  return broken;
};

const keys = (events: readonly DurableEvent[], key: string): readonly string[] =>
  events.map(({ data }) => (data as unknown as Record<string, string>)[key] ?? "");

const expectOneEach = (
  broken: string[],
  what: string,
  { opened, ended }: { readonly opened: readonly string[]; readonly ended: readonly string[] },
): void => {
  for (const id of opened) {
    const ends = ended.filter((end) => end === id).length;
    if (ends !== 1) broken.push(`expected one end of ${what} ${id}, found ${ends}`);
  }
};

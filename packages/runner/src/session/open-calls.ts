import { callVerdict } from "@holdfast/core/session";

import { eventAt } from "./event-at.ts";

import type { DurableEvent, EventDataOf, EventType } from "@holdfast/core/event";
import type { CallForecastVerdict, Consent } from "@holdfast/core/session";
import type { CallRow, SessionSnapshot, Store } from "@holdfast/core/store";
import type { ToolSet } from "../location/tool-registry.ts";

/** An open call of an earlier process, and what becomes of it, as far as that can be told without looking at the world. */
export interface ForecastCall {
  readonly row: CallRow;
  readonly verdict: CallForecastVerdict;
  /** As the model wrote it. */
  readonly input: string;
  /** What was recorded when it began, where it had. */
  readonly begun: Pick<EventDataOf<"tool.begun">, "effect" | "input" | "asserted" | "definition"> | undefined;
  /** Under which claim it had begun. */
  readonly begunFence: number | undefined;
}

/** Every open call of a session with its verdict: what was recorded, against the tools of today. */
export const forecastCalls = async (
  store: Store,
  snapshot: SessionSnapshot,
  { tools, consent }: { readonly tools: ToolSet; readonly consent: Consent },
): Promise<readonly ForecastCall[]> =>
  Promise.all(
    snapshot.calls.map(async (row) => {
      const called = await eventOf(store, row, { seq: row.calledSeq, type: "tool.called" });
      const begun =
        row.begunSeq === null ? undefined : await eventOf(store, row, { seq: row.begunSeq, type: "tool.begun" });
      const today = tools.get(row.name);
      const verdict = callVerdict(
        {
          state: row.state === "begun" ? "begun" : "called",
          isHosted: called?.data.providerExecuted === true,
          advertised: called?.data.definition,
          begun: begun?.data,
          today:
            today === undefined ? undefined : { replay: today.tool.replay ?? "never", definition: today.definition },
        },
        consent,
      );
      const input = typeof called?.data.input === "string" ? called.data.input : "";
      return { row, verdict, input, begun: begun?.data, begunFence: begun?.fence ?? undefined };
    }),
  );

const eventOf = async <TType extends EventType>(
  store: Store,
  { sessionId }: CallRow,
  { seq, type }: { readonly seq: number; readonly type: TType },
): Promise<DurableEvent<TType> | undefined> => {
  const event = await eventAt(store, sessionId, seq);
  return event?.type === type ? (event as DurableEvent<TType>) : undefined;
};

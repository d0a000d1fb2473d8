import { baselineOf, decideContext, updateOf } from "@holdfast/core/session";

import { observeContext } from "./observe-context.ts";

import type { ExecutionId, SessionId, SystemMessage } from "@holdfast/core";
import type { EventDataOf } from "@holdfast/core/event";
import type { ContextState } from "@holdfast/core/session";
import type { OpenLocation } from "../location/open-location.ts";
import type { Services } from "../services.ts";

/** What a step tells the model of the system context. */
export interface StepContext {
  /** The baseline of the epoch that the step is in; undefined where there is nothing to tell. */
  readonly baseline: string | undefined;
  /** What changed, as the message that the step's commit makes of it. */
  readonly told: readonly SystemMessage[];
  /** What that commit says of it: nothing where nothing changed. */
  readonly admitted: readonly Omit<EventDataOf<"context.admitted">, "executionId">[];
}

/** Where a step is, and what its model knows. */
interface StepPlace {
  readonly sessionId: SessionId;
  readonly agent: string;
  readonly location: OpenLocation;
  readonly state: ContextState;
}

/** Looks at every source, and decides what the next step tells the model. Writes nothing. */
export const stepContext = async (
  services: Services,
  { sessionId, agent, location, state }: StepPlace,
): Promise<StepContext> => {
  const sources = location.context.capture();
  const same: StepContext = { baseline: state.baseline, told: [], admitted: [] };
  if (sources.length === 0 && state.known.size === 0) return same;
  const query = { sessionId, agent, location: location.location, time: services.clock.now() };
  const observed = await observeContext(services, sources, { query, state });
  const admission = decideContext(state, observed, true);
  if (admission === undefined) return same;
  const { kind, ...data } = admission;
  if (kind === "baseline") {
    const baseline = data.sources.length === 0 ? undefined : baselineOf(data.sources);
    return { baseline, told: [], admitted: [data] };
  }
  const messageId = services.ids.next("msg");
  // It has no place in the log yet; nobody asks for it before it has.
  const told: SystemMessage = { role: "system", messageId, seq: Number.MAX_SAFE_INTEGER, text: updateOf(data) };
  return { baseline: state.baseline, told: [told], admitted: [{ ...data, messageId }] };
};

/** The data of the event that a step's commit carries. */
export const toAdmitted = (
  executionId: ExecutionId,
  { admitted }: StepContext,
): readonly EventDataOf<"context.admitted">[] => admitted.map((data) => ({ executionId, ...data }));

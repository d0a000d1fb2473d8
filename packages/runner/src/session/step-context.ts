import { mostContextSources } from "@holdfast/core/event";
import { baselineOf, decideContext, updateOf } from "@holdfast/core/session";

import { unlessAborted } from "../location/unless-aborted.ts";
import { completedCalls } from "./completed-calls.ts";
import { observeContext } from "./observe-context.ts";

import type { ExecutionId, PermissionRequest, SystemMessage } from "@holdfast/core";
import type { EventDataOf } from "@holdfast/core/event";
import type { ContextCollection } from "@holdfast/core/plugin";
import type { OpenLocation } from "../location/open-location.ts";
import type { ToolSet } from "../location/tool-registry.ts";
import type { ForeseenOutcome } from "../model/foresee-outcome.ts";
import type { Services } from "../services.ts";
import type { SessionHistory } from "./session-history.ts";
import type { StepSetting } from "./setting-of.ts";

/** What a step tells the model of the system context. */
export interface StepContext {
  /** The baseline of the epoch that the step is in; undefined where there is nothing to tell. */
  readonly baseline: string | undefined;
  /** What changed, as the message that the step's commit makes of it. */
  readonly told: readonly SystemMessage[];
  /** What that commit says of it: nothing where nothing changed. */
  readonly admitted: readonly Omit<EventDataOf<"context.admitted">, "executionId">[];
  /** How many messages' calls count as looked at, once the step is committed. */
  readonly seen: number;
}

/** Where a step is, and what it runs with. */
export interface StepPlace {
  readonly location: OpenLocation;
  readonly setting: StepSetting;
  /** Those that the agent is told of. */
  readonly tools: ToolSet;
  readonly history: SessionHistory;
  /** An outcome that is on its way to the log. */
  readonly foreseen?: ForeseenOutcome | undefined;
  /** Ends every wait for a plugin. */
  readonly signal: AbortSignal;
}

/** Looks at every source, and decides what the next step tells the model. Writes nothing. */
export const stepContext = async (services: Services, place: StepPlace): Promise<StepContext> => {
  const { location, history } = place;
  const { context: state } = history.history;
  const { seenForContext: seen } = history;
  const same: StepContext = { baseline: state.baseline, told: [], admitted: [], seen };
  const isTapped = location.hooks.contextCollecting.isUsed();
  if (!isTapped && location.context.isEmpty && state.known.size === 0) return same;
  const { sources, isComplete, query } = await collect(services, place);
  if (sources.length > mostContextSources) reportOverfull(services, location, sources.length);
  const observing = observeContext(services, sources, {
    query,
    state,
    faults: location.context.faultsOf(location.hooks),
  });
  const observed = await unlessAborted(observing, place.signal);
  const isSound = isComplete && observed.every(({ found }) => found !== "unavailable");
  const next = { ...same, seen: isSound ? history.history.size : seen };
  const admission = decideContext(state, observed, isComplete);
  if (admission === undefined) return next;
  const { kind, ...data } = admission;
  if (kind === "baseline") {
    const baseline = data.sources.length === 0 ? undefined : baselineOf(data.sources);
    return { ...next, baseline, admitted: [data] };
  }
  const messageId = services.ids.next("msg");
  // It has no place in the log yet, and nobody asks for it before it has.
  const message: SystemMessage = { role: "system", messageId, seq: Number.MAX_SAFE_INTEGER, text: updateOf(data) };
  return { ...next, told: [message], admitted: [{ ...data, messageId }] };
};

/** Once for a Location. */
const reportOverfull = ({ logger }: Services, { context, location }: OpenLocation, sources: number): void => {
  if (context.isOverfull) return;
  context.isOverfull = true;
  logger.warn(
    `there are more sources of the system context than a session is told of, which are ${mostContextSources}`,
    {
      directory: location.directory,
      sources,
    },
  );
};

const collect = async (
  services: Services,
  { location, setting, tools, history, foreseen, signal }: StepPlace,
): Promise<Pick<ContextCollection, "sources" | "isComplete"> & { readonly query: ContextQueryBase }> => {
  const { agentName, gate, session } = setting;
  const query: ContextQueryBase = Object.freeze({
    sessionId: session.sessionId,
    agent: agentName,
    tools: Object.freeze([...tools.keys()]),
    effectOf: Object.freeze((request: PermissionRequest) => gate.evaluate(request).effect),
    location: Object.freeze({ ...location.location }),
    time: services.clock.now(),
  });
  const sources = location.context.capture();
  const hook = location.hooks.contextCollecting;
  if (!hook.isUsed()) return { sources, isComplete: true, query };
  const { context } = history.history;
  const given: ContextCollection = Object.freeze({
    ...query,
    known: Object.freeze([...context.known.keys()]),
    calls: Object.freeze(completedCalls(history.history, { seen: history.seenForContext, foreseen })),
    sources: Object.freeze(sources),
    isComplete: true,
  });
  const collected = await unlessAborted(hook.promise(given), signal);
  return { sources: collected.sources, isComplete: collected.isComplete, query };
};

type ContextQueryBase = Omit<ContextCollection, "known" | "calls" | "sources" | "isComplete">;

/** The data of the event that a step's commit carries. */
export const toAdmitted = (
  executionId: ExecutionId,
  { admitted }: StepContext,
): readonly EventDataOf<"context.admitted">[] => admitted.map((data) => ({ executionId, ...data }));

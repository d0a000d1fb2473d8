import { AsyncParallelHook, AsyncSeriesWaterfallHook } from "tapable";

import type { DurableEvent } from "../event/catalogue.ts";
import type { CallId, SessionId } from "../ids/id.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { Effect } from "../permission/rule.ts";

/** A call whose authorisation is being decided. Taps return it with a stricter effect, or nothing to leave it. */
export interface CallAuthorization {
  readonly sessionId: SessionId;
  readonly callId: CallId;
  readonly agent: string;
  readonly tool: string;
  /** The input, parsed and checked. Frozen: nothing changes it from here on. */
  readonly input: JsonValue;
  readonly effect: Effect;
}

/** Events that were committed together by this process, in seq order. */
export interface CommittedEvents {
  readonly sessionId: SessionId;
  readonly events: readonly DurableEvent[];
}

/**
 * The hooks of one Location: the only list there is. A name in -ing may change the outcome (series, each tap gets what the one
 * before returned); a name in -ed only watches (parallel, isolated).
 */
export const createLocationHooks = () =>
  Object.freeze({
    /**
     * Before a call begins, after its input was checked and the rules were asked. Taps run in order of registration and may
     * only tighten: allow < ask < deny; what loosens is refused. A tap that throws or takes too long denies the call.
     */
    toolCallAuthorizing: new AsyncSeriesWaterfallHook<[CallAuthorization]>(["authorization"], "toolCallAuthorizing"),
    /**
     * After this process committed events of a session at this Location; at most once for each. A tap that throws or hangs is
     * reported and changes nothing.
     */
    eventsCommitted: new AsyncParallelHook<[CommittedEvents]>(["committed"], "eventsCommitted"),
  });

/** The hooks of one Location, for the host alone: plugins see `PluginHooks`. */
export type LocationHooks = ReturnType<typeof createLocationHooks>;

/** The names of the hooks. */
export type HookName = keyof LocationHooks;

/** What a tap of a hook is given. */
export interface HookArgument {
  readonly toolCallAuthorizing: CallAuthorization;
  readonly eventsCommitted: CommittedEvents;
}

/** What a tap of a hook may return. */
export interface HookResult {
  readonly toolCallAuthorizing: CallAuthorization | undefined;
  readonly eventsCommitted: undefined;
}

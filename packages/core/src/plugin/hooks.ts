import { AsyncParallelHook, AsyncSeriesHook, AsyncSeriesWaterfallHook } from "tapable";

import type { ContextMessage } from "../api/session-context.ts";
import type { ContextQuery, ContextSource } from "../context/context-source.ts";
import type { CompactionReason } from "../event/compaction-events.ts";
import type { DurableEvent } from "../event/catalogue.ts";
import type { CallId, SessionId } from "../ids/id.ts";
import type { JsonObject, JsonValue } from "../json/json-value.ts";
import type { Effect } from "../permission/rule.ts";
import type { Location } from "../session/location.ts";
import type { Message } from "../session/message.ts";
import type { ModelRef } from "../session/model-ref.ts";

/** Plugins that come to a Location, or leave it. */
export interface PluginsAtLocation {
  readonly location: Location;
  /** Names of those that come or leave now, in the order in which they are set up. */
  readonly plugins: readonly string[];
}

/** A tool that a model may be told of. */
export interface CollectedTool {
  readonly name: string;
  readonly description: string;
  /** Name of the plugin that registered it. */
  readonly plugin: string;
}

/** The tools of one request. Taps return it with some of them left out, or in another order. */
export interface ToolsCollection {
  readonly sessionId: SessionId;
  readonly agent: string;
  readonly model: ModelRef;
  readonly tools: readonly CollectedTool[];
}

/** A call that was completed, as the model wrote it. */
export interface CompletedCall {
  readonly name: string;
  /** JSON text. */
  readonly input: string;
}

/** The sources of the system context at one safe boundary. Taps return it with more of them, with fewer, or in another order. */
export interface ContextCollection extends Omit<ContextQuery, "signal"> {
  /** Keys of the sources that the model was told of. What is not among the sources any more is told to be gone. */
  readonly known: readonly string[];
  /**
   * Calls that were completed since the last boundary at which all was in order, oldest first, at most 1,000. In another process they are
   * shown again, from when the session came to its Location.
   */
  readonly calls: readonly CompletedCall[];
  /** Each key once. */
  readonly sources: readonly ContextSource[];
  /** Whether no tap before failed: else what is missing is not taken to be gone. */
  readonly isComplete: boolean;
}

/** A message of a request, with what is meant for its provider alone. */
export interface RequestMessage extends ContextMessage {
  readonly providerOptions?: JsonObject;
}

/** A request that is about to be made. Taps return it with other messages, or with options for the provider. */
export interface RequestPreparation {
  readonly sessionId: SessionId;
  readonly agent: string;
  readonly model: ModelRef;
  /** In the shape of the AI SDK's prompts. Each call keeps its result, and each result its call. */
  readonly messages: readonly RequestMessage[];
  /** By provider. Default: none. */
  readonly providerOptions: JsonObject;
}

/** A call as the model wrote it. Taps return it with another input, which has to fit the tool's schema like any. */
export interface CallPreparation {
  readonly sessionId: SessionId;
  readonly callId: CallId;
  readonly agent: string;
  readonly tool: string;
  readonly input: JsonObject;
}

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

/** What came of a call that was run. Taps return it with another text or value; whether it failed stays as it is. */
export interface ResultShape {
  readonly sessionId: SessionId;
  readonly callId: CallId;
  readonly agent: string;
  readonly tool: string;
  readonly status: "completed" | "failed";
  /** What the model is shown, not bounded yet. */
  readonly content: string;
  readonly structured?: JsonValue;
}

/** A summary that is about to be asked for. Taps return it with more instructions, or with more texts to keep: what is there stays. */
export interface CompactionPreparation {
  readonly sessionId: SessionId;
  readonly agent: string;
  /** Who writes the summary. */
  readonly model: ModelRef;
  readonly reason: CompactionReason;
  /** What the summary is to stand for beside the summary before it, oldest first. */
  readonly messages: readonly Message[];
  /** What it is to heed: at first what was asked for with `sessions.compact`. A tap may add 4,000 characters. */
  readonly instructions: readonly string[];
  /**
   * What stands below the summary as it is, until the next compaction. A tap may add 4,000 characters; what is longer than a quarter of a summary in
   * all is cut.
   */
  readonly keep: readonly string[];
}

/** Events that were committed together by this process, in seq order. */
export interface CommittedEvents {
  readonly sessionId: SessionId;
  readonly events: readonly DurableEvent[];
}

/**
 * The hooks of one Location: the only list there is. A name in -ing may change the outcome (series, each tap gets what the one before
 * returned) or is waited for; a name in -ed only watches (parallel, isolated). `hookCatalogue` says what each promises.
 */
export const createLocationHooks = () =>
  Object.freeze({
    opening: new AsyncSeriesHook<[PluginsAtLocation]>(["opening"], "opening"),
    opened: new AsyncParallelHook<[PluginsAtLocation]>(["opened"], "opened"),
    closing: new AsyncSeriesHook<[PluginsAtLocation]>(["closing"], "closing"),
    contextCollecting: new AsyncSeriesWaterfallHook<[ContextCollection]>(["collection"], "contextCollecting"),
    toolsCollecting: new AsyncSeriesWaterfallHook<[ToolsCollection]>(["collection"], "toolsCollecting"),
    requestPreparing: new AsyncSeriesWaterfallHook<[RequestPreparation]>(["request"], "requestPreparing"),
    toolCallPreparing: new AsyncSeriesWaterfallHook<[CallPreparation]>(["call"], "toolCallPreparing"),
    toolCallAuthorizing: new AsyncSeriesWaterfallHook<[CallAuthorization]>(["authorization"], "toolCallAuthorizing"),
    toolResultShaping: new AsyncSeriesWaterfallHook<[ResultShape]>(["result"], "toolResultShaping"),
    compactionPreparing: new AsyncSeriesWaterfallHook<[CompactionPreparation]>(["compaction"], "compactionPreparing"),
    eventsCommitted: new AsyncParallelHook<[CommittedEvents]>(["committed"], "eventsCommitted"),
  });

/** The hooks of one Location, for the host alone: plugins see `PluginHooks`. */
export type LocationHooks = ReturnType<typeof createLocationHooks>;

/** The names of the hooks. */
export type HookName = keyof LocationHooks;

/** What a tap of a hook is given. */
export type HookArgument = { readonly [THook in HookName]: Parameters<LocationHooks[THook]["promise"]>[0] };

/** The hooks whose taps may change the outcome. */
export type DecidingHook =
  | "contextCollecting"
  | "toolsCollecting"
  | "requestPreparing"
  | "toolCallPreparing"
  | "toolCallAuthorizing"
  | "toolResultShaping"
  | "compactionPreparing";

/** The hooks whose taps are waited for, and change nothing. */
export type PrecedingHook = "opening" | "closing";

/** What a tap of a hook may return. */
export type HookResult = {
  readonly [THook in HookName]: THook extends DecidingHook ? HookArgument[THook] | undefined : undefined;
};

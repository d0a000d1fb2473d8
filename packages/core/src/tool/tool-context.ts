import type { CallId, MessageId, SessionId } from "../ids/id.ts";
import type { JsonObject, JsonValue } from "../json/json-value.ts";
import type { Logger } from "../ports/logger.ts";
import type { Location } from "../session/location.ts";

/** What both phases of a call know. */
export interface ToolContext {
  readonly sessionId: SessionId;
  readonly agent: string;
  readonly messageId: MessageId;
  readonly callId: CallId;
  /** Same for every attempt of this call's effect: hand it to a service that recognises repeated requests. */
  readonly effectKey: string;
  readonly location: Location;
  /** Aborts when the call is interrupted, its deadline passes or its owner loses the session. Check it before each effect. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Shows a live fragment to whoever watches. Never stored. */
  progress(update: JsonObject): void;
}

/** What `permission.assert` is asked. */
export interface PermissionAssertion {
  /** What would be done: usually the tool's name, as rules spell it. */
  readonly action: string;
  /** What it would be done to, each checked by itself. */
  readonly resources: readonly string[];
}

/** `prepare` resolves, reads and asks, and changes nothing. */
export interface PrepareContext extends ToolContext {
  readonly permission: {
    /** Returns where every resource is allowed; otherwise ends the call, and nothing after it runs. */
    assert(assertion: PermissionAssertion): Promise<void>;
  };
}

/** `execute` acts, and asks nothing. */
export interface ExecuteContext extends ToolContext {
  /** The effect as it was recorded before this started; null for a tool without `prepare`. */
  readonly effect: JsonValue;
  /** 1 for the first time. A `safe` tool runs again with the effect that was recorded. */
  readonly attempt: number;
}

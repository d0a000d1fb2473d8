import type { Cursor } from "../cursor/cursor.ts";
import type { ExecutionId, SessionId } from "../ids/id.ts";
import type { JsonObject, JsonValue } from "../json/json-value.ts";
import type { ModelRef } from "../session/model-ref.ts";

/** A message as a model is shown it, in the shape of the AI SDK's prompts. */
export interface ContextMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: JsonValue;
}

/** A tool as a model is told of it. */
export interface ContextTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema. */
  readonly inputSchema: JsonObject;
}

/** Exactly what the model would see next, as things stand at `cursor`. */
export interface SessionContext {
  /** Events after it are news: the next request may be another one. */
  readonly cursor: Cursor;
  readonly agent: string;
  readonly model: ModelRef;
  /** The system message, where there is one. */
  readonly instructions?: string;
  /** The summary, where there is one, in place of what it stands for; the history after it; and then the inputs that the next step would promote. */
  readonly messages: readonly ContextMessage[];
  readonly tools: readonly ContextTool[];
  /** Whether the model may call them: on the last step of an activity it must answer. */
  readonly callable: boolean;
  /** What `attempt.started` would record as `requestHash`. */
  readonly requestHash: string;
  /** And as `hookedHash`, where plugins change the request: it is shown as they leave it. */
  readonly hookedHash?: string;
}

/** A session on which a runtime works now. */
export interface ActiveSession {
  readonly sessionId: SessionId;
  readonly executionId: ExecutionId;
  /** Since when this runtime works on this execution, in epoch milliseconds. */
  readonly sinceTime: number;
  /** Position of the current step in its activity, from 1. */
  readonly step: number;
}

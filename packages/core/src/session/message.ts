import type { AttemptStatus } from "../event/step-events.ts";
import type { CallOutcome } from "../event/tool-events.ts";
import type { Delivery } from "../event/input-events.ts";
import type { Failure } from "../event/failure.ts";
import type { Usage } from "../event/usage.ts";
import type { CallId, MessageId, StepId } from "../ids/id.ts";
import type { JsonObject } from "../json/json-value.ts";
import type { ModelRef } from "./model-ref.ts";

/** A file that a person sent, or a tool gave, whole. */
export interface MessageFile {
  readonly mediaType: string;
  readonly name?: string;
  /** The content, base64. */
  readonly data: string;
}

/** What a person said, after its promotion. */
export interface UserMessage {
  readonly role: "user";
  readonly messageId: MessageId;
  /** Where it entered history: its promotion. */
  readonly seq: number;
  readonly text: string;
  readonly files?: readonly MessageFile[];
  readonly metadata?: JsonObject;
  /** The agent and the model that it asked for, where they are not the session's. */
  readonly agent?: string;
  readonly model?: ModelRef;
  readonly delivery: Delivery;
}

/** A block of text or reasoning of an answer. */
export interface BlockPart {
  readonly type: "text" | "reasoning";
  readonly position: number;
  readonly text: string;
  /** Set where the stream broke before the block's end. */
  readonly cut?: true;
  readonly providerMetadata?: JsonObject;
}

/** A tool call of an answer, as far as it has come. */
export interface CallPart {
  readonly type: "call";
  readonly position: number;
  readonly callId: CallId;
  readonly providerCallId: string;
  readonly name: string;
  /** The input as the model wrote it. */
  readonly input: string;
  /** What it was run with, where plugins had changed the input. */
  readonly changedInput?: string;
  readonly state: "called" | "begun" | "settled";
  readonly outcome?: CallOutcome;
  /** What the model gets beside the outcome's text, such as images. */
  readonly media?: readonly MessageFile[];
  /** Set where the provider runs it. */
  readonly providerExecuted?: true;
  readonly providerMetadata?: JsonObject;
  /** What the provider that ran it gave, where it did. */
  readonly hosted?: HostedResult;
}

/** A result of a provider in its own form. */
export interface HostedResult {
  /** JSON text. */
  readonly result: string;
  readonly isError?: true;
  readonly providerMetadata?: JsonObject;
}

/** What a model answered in one step, or in one attempt of it. */
export interface AssistantMessage {
  readonly role: "assistant";
  readonly messageId: MessageId;
  readonly seq: number;
  readonly stepId: StepId;
  readonly agent: string;
  readonly model: ModelRef;
  /** What the model was told in the user's role before this answer, because the one before was cut. */
  readonly synthetic?: string;
  /** Blocks and calls in their order. */
  readonly content: readonly (BlockPart | CallPart)[];
  /** `open` while an attempt may still add to it. */
  readonly status: "open" | AttemptStatus;
  readonly finish?: string;
  readonly failure?: Failure;
  /** What its attempts used, and cost, since the first of them ended: as reported, or as estimated. */
  readonly usage?: Usage;
  readonly cost?: number;
  /** When the request is made again, in epoch milliseconds, while that is waited for: then this failure is not the step's end. */
  readonly retryTime?: number;
}

/** What changed in the system context, told in its place in the conversation. */
export interface SystemMessage {
  readonly role: "system";
  readonly messageId: MessageId;
  readonly seq: number;
  readonly text: string;
}

/** One message of a session's history, as its events tell it. */
export type Message = UserMessage | AssistantMessage | SystemMessage;

import type { Cursor } from "../cursor/cursor.ts";
import type { Delivery, InputKind } from "../event/input-events.ts";
import type { AskId, MessageId, SessionId } from "../ids/id.ts";
import type { JsonObject } from "../json/json-value.ts";
import type { MessageFile } from "../session/message.ts";
import type { ModelRef } from "../session/model-ref.ts";

/** One input for a session. */
export interface Prompt {
  readonly sessionId: string;
  /** The input's identity, `msg_…`, unique in the store. Not together with `idempotencyKey`. */
  readonly id?: string | undefined;
  /** The input's identity in the caller's own words, 1 to 255 characters, unique in the session. */
  readonly idempotencyKey?: string | undefined;
  /** 1 character to 1 MiB of UTF-8 (by option of the runtime). */
  readonly text: string;
  readonly files?: readonly MessageFile[] | undefined;
  /** The caller's own; never shown to the model. */
  readonly metadata?: JsonObject | undefined;
  /**
   * Name of the agent that works on it from the step that promotes it, to the end of that activity: of several inputs of one activity the
   * latest that names one counts. Default: the session's. Part of the payload, and so is `model`.
   */
  readonly agent?: string | undefined;
  /** The model that answers, likewise. Default: the agent's, the session's, or the runtime's. */
  readonly model?: ModelRef | undefined;
  /** Default `"steer"`. */
  readonly delivery?: Delivery | undefined;
  /**
   * Whether the session's open asks are dismissed with it, in the same commit: their calls are not run. Otherwise the input waits behind
   * them; it never answers one. No part of the payload. Default false.
   */
  readonly dismissAsks?: boolean | undefined;
  /** False records the input without waking the session. No part of the payload. Default true. */
  readonly resume?: boolean | undefined;
}

/**
 * What became of an input, as it is now. `pending`: it waits as it was admitted. `replaced`: it waits, with another content than it was
 * admitted with. `promoted`: the model was shown it, with the content that it had last. `withdrawn`: no model will see it. `settled`: a
 * request to compact that was answered, by a summary or by a failure, as the event at its end says.
 */
export type InputDisposition = "pending" | "promoted" | "replaced" | "withdrawn" | "settled";

/** The durable acceptance of one input. */
export interface Receipt {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  /** Right after the admission: events after it are the answer. That of a replayed receipt may be gone, where the log was pruned. */
  readonly cursor: Cursor;
  /** Whether this was an exact retry of an input that had been admitted before. */
  readonly replayed: boolean;
  readonly disposition: InputDisposition;
  /** Open asks of the session, which the input waits behind; absent where there are none. */
  readonly behind?: readonly AskId[];
}

/** A request to compact a session's conversation. */
export interface Compact {
  readonly sessionId: string;
  /** The request's identity, as that of a prompt. Not together with `idempotencyKey`. */
  readonly id?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** What the summary is to heed, at most 4,000 characters. Part of the payload. Default: nothing in particular. */
  readonly instructions?: string | undefined;
}

/** An input that the model has not seen yet. */
export interface PendingInput {
  readonly messageId: MessageId;
  /** A request to compact is shown to no model; it can be withdrawn, and not be replaced. Its text is what its summary is to heed. */
  readonly kind: InputKind;
  /** As it is now: of the last replacement, where there was one. */
  readonly text: string;
  readonly delivery: Delivery;
  /** False while it was only recorded, and nothing has woken it. */
  readonly awake: boolean;
  /** When it was admitted, in epoch milliseconds; a replacement changes neither this nor its place in the order. */
  readonly admittedTime: number;
  /** Changes with each change of the input: what `replaceInput` and `withdrawInput` want to be told. */
  readonly version: number;
}

/** Another content for a pending input. All of it is replaced: what is not given, such as files, it has not. */
export interface ReplaceInput {
  readonly sessionId: string;
  readonly messageId: string;
  /** The version that the caller has seen. */
  readonly version: number;
  /** As in a prompt, with the same limits. */
  readonly text: string;
  readonly files?: readonly MessageFile[] | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly agent?: string | undefined;
  readonly model?: ModelRef | undefined;
  /** Default: as it is. */
  readonly delivery?: Delivery | undefined;
}

/** A pending input that is not to be shown to the model. */
export interface WithdrawInput {
  readonly sessionId: string;
  readonly messageId: string;
  /** The version that the caller has seen. */
  readonly version: number;
}

/** The durable change of a pending input. */
export interface InputChange {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  /** The input's version from now on. */
  readonly version: number;
  /** Right after the change. */
  readonly cursor: Cursor;
  readonly disposition: "replaced" | "withdrawn";
}

/** Whom to stop, and what of the inbox. */
export interface Interrupt {
  readonly sessionId: string;
  /** Kept with the request. At most 1,000 characters. */
  readonly reason?: string | undefined;
  /** Whether all that is pending is withdrawn, in the same commit as the request. Default false: it stays. */
  readonly clear?: boolean | undefined;
}

/** What an interruption found. */
export interface InterruptOutcome {
  /** `nothing-running`: no execution was open, and none was asked to stop. */
  readonly status: "requested" | "nothing-running";
  /** Inputs that were withdrawn, in admission order. */
  readonly withdrawn: readonly MessageId[];
  /** Inputs that are still in the inbox, in admission order. */
  readonly pending: readonly MessageId[];
}

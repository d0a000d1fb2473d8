import type { Cursor } from "../cursor/cursor.ts";
import type { Failure } from "../event/failure.ts";
import type { Delivery } from "../event/input-events.ts";
import type { MessageId, SessionId } from "../ids/id.ts";
import type { JsonObject } from "../json/json-value.ts";
import type { Message, MessageFile } from "../session/message.ts";
import type { ModelRef } from "../session/model-ref.ts";
import type { EventItem, EventsQuery } from "./event-item.ts";
import type { RecoveryInfo } from "./recovery-info.ts";
import type { Rest } from "./rest.ts";

/** What a session is created with. */
export interface CreateSession {
  /** `ses_…`; an ID that exists returns the stored session, whatever the rest says. Default: a new one. */
  readonly id?: string | undefined;
  /** A directory that exists; made canonical. */
  readonly location: { readonly directory: string; readonly workspaceId?: string | undefined };
  /** The session that this one works for; its denies bind this one too. */
  readonly parentId?: string | undefined;
  /** Name of one of the runtime's agents. Default: `"default"`. */
  readonly agent?: string | undefined;
  /** Default: the runtime's. */
  readonly model?: ModelRef | undefined;
  /** At most 500 characters. Default: empty. */
  readonly title?: string | undefined;
}

/** A session, as a caller sees it. */
export interface SessionInfo {
  readonly id: SessionId;
  readonly parentId?: SessionId;
  readonly location: { readonly directory: string; readonly workspaceId?: string };
  readonly project: string;
  readonly agent: string;
  readonly model?: ModelRef;
  readonly title: string;
  /** Epoch milliseconds. */
  readonly createdTime: number;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cost: number };
}

/** Which sessions to list: newest first. */
export interface ListSessions {
  readonly directory?: string | undefined;
  readonly parentId?: string | undefined;
  /** Found anywhere in the title. */
  readonly search?: string | undefined;
  /** 1 to 200. Default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly page?: string | undefined;
}

/** A page of sessions; `next` is there while more may follow. */
export interface SessionPage {
  readonly sessions: readonly SessionInfo[];
  readonly next?: string;
}

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
  /** Default `"steer"`. */
  readonly delivery?: Delivery | undefined;
  /** False records the input without waking the session. No part of the payload. Default true. */
  readonly resume?: boolean | undefined;
}

/** What became of an input. */
export type InputDisposition = "pending" | "promoted";

/** The durable acceptance of one input. */
export interface Receipt {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  /** Right after the admission: events after it are the answer. */
  readonly cursor: Cursor;
  /** Whether this was an exact retry of an input that had been admitted before. */
  readonly replayed: boolean;
  readonly disposition: InputDisposition;
}

/** An input that the model has not seen yet. */
export interface PendingInput {
  readonly messageId: MessageId;
  readonly text: string;
  readonly delivery: Delivery;
  /** False while it was only recorded, and nothing has woken it. */
  readonly awake: boolean;
  readonly admittedTime: number;
  /** Changes with each change of the input. */
  readonly version: number;
}

/** Which messages to read. */
export interface MessagesQuery {
  readonly sessionId: string;
  /** Messages with a greater seq than this. Default: from the start. */
  readonly afterSeq?: number | undefined;
  /** 1 to 200. Default 50. */
  readonly limit?: number | undefined;
}

/** A page of messages, as they are at `cursor`: events after it are news. */
export interface MessagePage {
  readonly messages: readonly Message[];
  readonly cursor: Cursor;
  /** `afterSeq` of the next page; absent at the end. */
  readonly nextAfterSeq?: number;
}

/** Where a wait ended. `timeout`: the time limit passed first, and nothing else is said. */
export interface WaitOutcome {
  readonly status: Rest | "timeout";
  readonly cursor: Cursor;
  readonly failure?: Failure;
}

/** What an interruption found. */
export interface InterruptOutcome {
  /** `nothing-running`: no execution was open, and nothing was written. */
  readonly status: "requested" | "nothing-running";
  /** Inputs that are still in the inbox. */
  readonly pending: number;
}

/** What a resume came to. */
export interface ResumeOutcome {
  /** `joined`: an execution was already running, here or elsewhere. `nothing-to-do`: no open execution, and an empty inbox. */
  readonly status: "started" | "joined" | "nothing-to-do";
}

/**
 * Sessions, from anywhere. Every method rejects with `session.not-found` for a session that does not exist (but `get`, which
 * says null), with `argument.invalid` for what does not fit, and with `runtime.disposed` after disposal.
 */
export interface Sessions {
  /** @throws location.not-found where the directory does not exist. */
  create(options: CreateSession): Promise<SessionInfo>;
  get(query: { readonly sessionId: string }): Promise<SessionInfo | null>;
  list(query?: ListSessions): Promise<SessionPage>;
  /**
   * Admits an input: one short transaction, apart from execution. An exact retry returns the first receipt, and wakes again.
   *
   * @throws input.conflict for another input under the same identity; input.inbox-full.
   */
  prompt(prompt: Prompt): Promise<Receipt>;
  /** What became of an input; null where nothing was admitted under the identity. */
  receipt(query: {
    readonly sessionId: string;
    readonly id?: string | undefined;
    readonly idempotencyKey?: string | undefined;
  }): Promise<Receipt | null>;
  /** Inputs in the inbox, in admission order. */
  inputs(query: { readonly sessionId: string }): Promise<readonly PendingInput[]>;
  messages(query: MessagesQuery): Promise<MessagePage>;
  /**
   * The session's events after a cursor, and then, unless `until` ends it, as they are committed, by any process.
   *
   * @throws cursor.malformed, cursor.foreign, cursor.ahead, cursor.gone
   */
  events(query: EventsQuery): AsyncIterable<EventItem>;
  /** Ends at the first rest at or after `after` (default: now). */
  wait(query: {
    readonly sessionId: string;
    readonly after?: string | undefined;
    /** Default: none. */
    readonly timeoutMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<WaitOutcome>;
  /** Asks the open execution to stop, durably; whoever owns or takes it obeys first. Keeps the inbox. */
  interrupt(query: { readonly sessionId: string; readonly reason?: string | undefined }): Promise<InterruptOutcome>;
  /** Consents to go on: with a parked execution, or with inputs that were recorded without a wake. */
  resume(query: { readonly sessionId: string }): Promise<ResumeOutcome>;
  /** Whether the session's execution wants recovery, and what that would do. Writes nothing. */
  recovery(query: { readonly sessionId: string }): Promise<RecoveryInfo>;
}

import type { Cursor } from "../cursor/cursor.ts";
import type { Failure } from "../event/failure.ts";
import type { Delivery } from "../event/input-events.ts";
import type { AskId, MessageId, SessionId } from "../ids/id.ts";
import type { JsonObject } from "../json/json-value.ts";
import type { Message, MessageFile } from "../session/message.ts";
import type { ModelRef } from "../session/model-ref.ts";
import type { EventItem, EventsQuery } from "./event-item.ts";
import type { RecoveryInfo } from "./recovery-info.ts";
import type { Rest } from "./rest.ts";
import type { ForkOrigin, ForkSession, ImportOutcome, ImportSession, ReleaseOutcome } from "./transfer.ts";

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
  /** Of a fork; not told any more once its first event was pruned. */
  readonly forkedFrom?: ForkOrigin;
  /** Set while the session is another store's: it was imported, and not released. */
  readonly replica?: { readonly replayOwner?: string };
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
  /**
   * Whether the session's open asks are dismissed with it, in the same commit: their calls are not run. Otherwise the input waits behind
   * them; it never answers one. No part of the payload. Default false.
   */
  readonly dismissAsks?: boolean | undefined;
  /** False records the input without waking the session. No part of the payload. Default true. */
  readonly resume?: boolean | undefined;
}

/** What became of an input. */
export type InputDisposition = "pending" | "promoted" | "replaced" | "withdrawn";

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
  /** `afterSeq` of the next page; absent at the end. A page of large messages ends before its limit. */
  readonly nextAfterSeq?: number;
}

/** Where a wait ended. `timeout`: the time limit passed first, and nothing else is said. */
export interface WaitOutcome {
  readonly status: Rest | "timeout";
  readonly cursor: Cursor;
  /** Why it failed, or ran out of budget; not told any more once the end of the execution was pruned. */
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
  /** `joined`: an execution was already running, here or elsewhere. `nothing-to-do`: no open execution, and an empty inbox; or all that is open waits for a person's answer. */
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
   * @throws input.conflict for another input under the same identity; input.inbox-full; session.replica.
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
   * The session's events after a cursor, and then, unless `until` ends it, as they are committed, by any process. A log that was
   * pruned begins after its floor: what is below is told by `messages`, whose cursor goes on from there.
   *
   * @throws cursor.malformed, cursor.foreign, cursor.ahead
   * @throws cursor.gone for a position that was pruned, also of a reader that the floor overtook: `data.restart` is the cursor to go
   *   on from, beside the messages with a seq up to `data.floorSeq`.
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
  /**
   * Asks the open execution to stop, durably; whoever owns or takes it obeys first. Keeps the inbox.
   *
   * @throws session.replica
   */
  interrupt(query: { readonly sessionId: string; readonly reason?: string | undefined }): Promise<InterruptOutcome>;
  /**
   * Consents to go on: with a parked execution, or with inputs that were recorded without a wake.
   *
   * @throws session.replica
   */
  resume(query: { readonly sessionId: string }): Promise<ResumeOutcome>;
  /** Whether the session's execution wants recovery, and what that would do. Writes nothing. */
  recovery(query: { readonly sessionId: string }): Promise<RecoveryInfo>;
  /**
   * The session as JSON Lines, each without its line break: its log word for word as it ends when the reading begins, with the texts
   * and outputs that it refers to. Each line carries a hash over itself and all before it.
   *
   * @throws store.sequence-conflict where the session was pruned, or one of its outputs removed, meanwhile: export it again.
   */
  export(query: { readonly sessionId: string }): AsyncIterable<string>;
  /**
   * Takes what `export` gave, everything or nothing: a new session, or what is new of one that was imported before. It is a replica:
   * it can be read, exported and forked, and runs nothing and takes nothing until it is released.
   *
   * @throws import.malformed, import.broken-chain, import.gap, import.divergent, import.foreign, import.reused-id, import.owner
   * @throws import.not-replica for a session that is this store's own, or was released.
   */
  import(session: ImportSession): Promise<ImportOutcome>;
  /**
   * Makes a replica this store's own, for good, in one commit. An execution that was open in its log is ended there as interrupted:
   * calls that had begun are settled as unknown, the others as cancelled. Nothing is woken by it.
   *
   * @throws session.busy for a session that is this store's own and has an execution open.
   * @throws store.sequence-conflict, store.fenced where others were in the way again and again: try it again.
   */
  release(query: { readonly sessionId: string }): Promise<ReleaseOutcome>;
  /**
   * A new session that begins as a copy of this one up to a settled boundary: same messages, calls and outputs, new event IDs, no
   * idempotency keys. The denies that its source inherited bind it, too; the runtime that runs it adds its own, as for any session.
   *
   * @throws argument.invalid where there is no such boundary, the source's log was pruned, or the ID is in use for something else; also
   *   for a retry under the ID of this very fork once the fork itself was pruned, since it cannot tell any more where it comes from.
   */
  fork(options: ForkSession): Promise<SessionInfo>;
}

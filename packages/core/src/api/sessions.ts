import type { Cursor } from "../cursor/cursor.ts";
import type { Todo } from "../event/todo-events.ts";
import type { Failure } from "../event/failure.ts";
import type { Message } from "../session/message.ts";
import type { EventItem, EventsQuery } from "./event-item.ts";
import type {
  Compact,
  InputChange,
  Interrupt,
  InterruptOutcome,
  PendingInput,
  Prompt,
  Receipt,
  ReplaceInput,
  WithdrawInput,
} from "./inbox.ts";
import type { RecoveryInfo } from "./recovery-info.ts";
import type { Rest } from "./rest.ts";
import type { ActiveSession, SessionContext } from "./session-context.ts";
import type {
  CreateSession,
  ListSessions,
  MoveSession,
  SessionInfo,
  SessionPage,
  UpdateSession,
} from "./session-info.ts";
import type { ForkSession, ImportOutcome, ImportSession, ReleaseOutcome } from "./transfer.ts";

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

/** The end of a session that was deleted. */
export interface DeleteOutcome {
  /** Right after `session.deleted`, the last event. */
  readonly cursor: Cursor;
}

/** What a resume came to. */
export interface ResumeOutcome {
  /** `joined`: an execution was already running, here or elsewhere. `nothing-to-do`: no open execution, and an empty inbox; or all that is open waits for a person's answer. */
  readonly status: "started" | "joined" | "nothing-to-do";
}

/**
 * Sessions, from anywhere. Every method rejects with `session.not-found` for a session that never was, with `session.deleted` for one
 * that was deleted (but `get`, which says null to both, `events` and `wait`, which say so), with `argument.invalid` for what does not
 * fit, and with `runtime.disposed` after disposal.
 */
export interface Sessions {
  /**
   * Creates a session, or gives the stored one of the same ID: concurrent creators converge.
   *
   * @throws location.not-found where the directory does not exist.
   * @throws model.unknown, model.unsupported for a model that cannot be had.
   * @throws session.deleted for the ID of a session that was deleted: it is never used again.
   */
  create(options: CreateSession): Promise<SessionInfo>;
  get(query: { readonly sessionId: string }): Promise<SessionInfo | null>;
  /** A page of sessions. What is created meanwhile comes before the first page: none is skipped or told twice. */
  list(query?: ListSessions): Promise<SessionPage>;
  /**
   * Gives a session another title, agent or model, durably. Each step looks up what it runs with as it starts, so it counts from the next
   * step on, also of an execution that is running, here or elsewhere. A new agent's denies bind that execution from then on, beside
   * the ones that bound it before.
   *
   * @throws model.unknown, model.unsupported for a model that cannot be had; session.replica.
   */
  update(change: UpdateSession): Promise<SessionInfo>;
  /**
   * Lets a session go on at another directory. Tools, rules and context are looked up there when it next works.
   *
   * @throws location.not-found where the directory does not exist.
   * @throws session.busy while an execution is open: interrupt it, and wait for its end; session.replica.
   */
  move(move: MoveSession): Promise<SessionInfo>;
  /**
   * Deletes a session for good: what it said, its outputs, and its ID, which is never used again. Its children stay, with the denies that
   * they inherited. Whoever reads its events or waits is told. A prompt that comes at the same time is either admitted first, and the
   * session is busy, or it is refused.
   *
   * @throws session.busy while an execution is open, or a woken input waits for one: interrupt it, with `clear`, and wait for its end.
   * @throws session.replica for a replica: release it first.
   */
  delete(query: { readonly sessionId: string }): Promise<DeleteOutcome>;
  /** The sessions on which this runtime works now, in the order of their IDs; other runtimes on the same store have their own. */
  active(): Promise<readonly ActiveSession[]>;
  /**
   * What the model would see next, assembled as its requests are: at rest with what a prompt or `resume` would take up, within an execution
   * with what the next step would promote. Opens the Location, writes nothing, and asks no model.
   *
   * @throws location.not-found, model.unknown, model.unsupported, plugin.setup-failed where the session could not run.
   */
  context(query: { readonly sessionId: string }): Promise<SessionContext>;
  /**
   * Admits an input: one short transaction, apart from execution. An exact retry returns the first receipt with what became of the
   * input since, and wakes again where it still waits. That goes for the input as it was first sent: one that was replaced or withdrawn is
   * not admitted again.
   *
   * @throws input.conflict for another input under the same identity; input.inbox-full; session.replica; model.unknown.
   */
  prompt(prompt: Prompt): Promise<Receipt>;
  /**
   * Asks for the conversation to be compacted: whoever works on the session puts a summary in the place of its older messages at the next safe
   * boundary, and at once where it is at rest. Admitted like a prompt, with a receipt, from any process; but it is no consent to go on with what was
   * stopped, so that on a parked session it waits in the inbox until that goes on. Only what a model is shown changes:
   * `messages` and the log stay as they are, and `context` shows the summary. A summary that fails fails an execution that has nothing else to do.
   *
   * @throws input.conflict for another input under the same identity; input.inbox-full; session.replica.
   */
  compact(request: Compact): Promise<Receipt>;
  /** What became of an input; null where nothing was admitted under the identity. */
  receipt(query: {
    readonly sessionId: string;
    readonly id?: string | undefined;
    readonly idempotencyKey?: string | undefined;
  }): Promise<Receipt | null>;
  /** Inputs in the inbox, in admission order. */
  inputs(query: { readonly sessionId: string }): Promise<readonly PendingInput[]>;
  /**
   * Gives a pending input another content. It keeps its identity, its place in the order, and whether it is awake; it wakes nothing.
   * The model is shown either all of the old content or all of the new one, whoever is about to promote it.
   *
   * @throws argument.invalid for a request to compact, which can only be withdrawn.
   * @throws input.version-conflict where it was changed since: `data.version` is the one that was found.
   * @throws input.not-pending where it was promoted or withdrawn: `data.disposition` says which. input.not-found; session.replica.
   */
  replaceInput(change: ReplaceInput): Promise<InputChange>;
  /**
   * Takes a pending input out of the inbox: no model will see it.
   *
   * @throws input.version-conflict, input.not-pending, input.not-found, session.replica, as `replaceInput` does.
   */
  withdrawInput(change: WithdrawInput): Promise<InputChange>;
  /** The todos that the session keeps track of, in their order: the last whole list. Empty where there are none. */
  todos(query: { readonly sessionId: string }): Promise<readonly Todo[]>;
  messages(query: MessagesQuery): Promise<MessagePage>;
  /**
   * The session's events after a cursor, and then, unless `until` ends it, as they are committed, by any process. A log that was
   * pruned begins after its floor: what is below is told by `messages`, whose cursor goes on from there. That of a session that was deleted
   * ends with `session.deleted`, whatever `until` says, and holds nothing else any more.
   *
   * @throws cursor.malformed, cursor.foreign, cursor.ahead
   * @throws cursor.gone for a position that was pruned, also of a reader that the floor overtook: `data.restart` is the cursor to go
   *   on from, beside the messages with a seq up to `data.floorSeq`.
   */
  events(query: EventsQuery): AsyncIterable<EventItem>;
  /** Ends at the first rest at or after `after` (default: now); at once, as `deleted`, for a session that was deleted. */
  wait(query: {
    readonly sessionId: string;
    readonly after?: string | undefined;
    /** Default: none. */
    readonly timeoutMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<WaitOutcome>;
  /**
   * Asks the open execution to stop, durably; whoever owns or takes it obeys first. Keeps the inbox, or, with `clear`, withdraws all of
   * it in the same commit: also where nothing is running. An execution runs from its first commit on, which plugins of an open Location keep
   * waiting for at most a second; a prompt that was admitted and does not run yet is kept from running by `clear` or `withdrawInput`.
   *
   * @throws session.replica
   */
  interrupt(query: Interrupt): Promise<InterruptOutcome>;
  /**
   * Consents to go on: with a parked execution, or with inputs that were recorded without a wake. While all that is open asks, there is
   * nothing to do but to answer. What comes to nothing is tried once, and again by the next resume.
   *
   * @throws session.replica
   */
  resume(query: { readonly sessionId: string }): Promise<ResumeOutcome>;
  /** Whether the session's execution wants recovery, and what that would do. Writes nothing but the ends of asks whose time has passed. */
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

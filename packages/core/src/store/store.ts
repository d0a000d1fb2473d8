import type { SealedEnvelope } from "../event/envelope.ts";
import type { OwnerId, MessageId, SessionId, StoreId } from "../ids/id.ts";
import type { Approval, ApprovalKey } from "./approval.ts";
import type { OwnerRecord } from "./claim.ts";
import type { Floor, PrunePlan, PruneResult } from "./floor.ts";
import type { ImportBatch, ImportResult } from "./import-batch.ts";
import type { OutputContent } from "./output-content.ts";
import type { OutputKey, OutputPage } from "./output.ts";
import type { AdmissionRow, CommitPlan, CommitResult, LogHead } from "./plan.ts";
import type { AskQuery, HistoryPage, SessionQuery, SessionSnapshot, Workload } from "./reads.ts";
import type { AskRow, InputRow, RowSnapshot, SessionRow, TodoRow } from "./rows.ts";
import type { DirtyListener } from "./signal.ts";

/** What a store can do beyond the laws. A suite says which laws it did not run, and why. */
export interface StoreCapabilities {
  /** Whether what was acknowledged survives the death of the process. */
  readonly durable: boolean;
  /** Whether several processes may have it open at once. */
  readonly multiProcess: boolean;
}

/**
 * Where sessions live. Laws, each a test of its name in testkit's `describeStore`:
 *
 * 1. *gapless*: `commit` gives each event the session's next seq, from 0, without a gap or a repetition, under concurrency too.
 * 2. *sealed*: each event's `prevHash` is the hash of the one before, and its hash is over the envelope as stored.
 * 3. *atomic*: a plan is applied as a whole, or nothing of it is: events, rows, claim, admission and blobs.
 * 4. *projected*: rows are changed by `project` of each event in the same transaction; a condition that does not hold refuses
 *    the plan with `store.condition-failed`.
 * 5. *fenced*: an owner-only event without the session's live fence is refused with `store.fenced`; so is a release.
 * 6. *taken once*: a claim is taken only from the very row that was expected, and its fence is greater than any before.
 * 7. *admitted once*: an identity admits one input; an exact retry answers with its row and writes nothing; a different payload,
 *    or another session, is `input.conflict`. A full inbox is `input.inbox-full`.
 * 8. *expected*: a plan with `expectedSeq` other than the log's end is refused with `store.sequence-conflict`.
 * 9. *known*: a plan for a session that does not exist is `session.not-found`, unless its first event creates it.
 * 10. *signalled*: watchers are called only after the commit that they are called for can be read; one that throws does no harm.
 * 11. *consistent*: a snapshot and a history page are each read at one moment, and `head` says which.
 * 12. *rebuilt*: `rows` equals what the log gives when it is projected again, column for column.
 * 13. *blobs*: a blob that events refer to is readable when they are; a plan that refers to an absent one is `store.blob-missing`.
 * 14. *outputs*: an output reads back as it was put, in windows; another session's is not found.
 * 15. *closed*: after disposal every method rejects with `store.closed`; disposing twice is disposing once.
 * 16. *plain*: what a store returns shares nothing with what it was given or keeps: a caller's change of it changes no row.
 * 17. *imported*: `import` keeps envelopes word for word; a foreign session, a gap, a divergence, a reused ID, a broken chain or a
 *    missing blob is refused and changes nothing; exact duplicates are passed over. A new fence is greater than any in the log.
 * 18. *replicated*: a replica takes no plan but its release (`session.replica`); the first replay owner that is named claims it,
 *    another's events are skipped, or refused in strict mode; what was released or is native is not imported into.
 * 19. *pruned*: `prune` moves the floor first and removes after it, so that a crash in between loses nothing that is above; messages
 *    below read as before, identities stay, `rows` equals the rebuild from the floor, and an event below is never returned.
 * 20. *collected*: a blob goes when no event refers to it, and not before; an output when its time is over.
 * 21. *asked*: `asks` finds what the rows say; approvals travel in their answer's plan, all or nothing with it, and stay until they are
 *    revoked, whatever becomes of their session.
 *
 * 22. *deleted*: what ends with `session.deleted`, a plan or an import, makes a tombstone of its session in the same transaction. From then
 *    on `head` is that event's, `events` gives it alone, `admission` still finds the identities, and nothing else is found; every plan,
 *    import and pruning of the ID is refused as `session.deleted`, its creation too. Watchers are told of the event. Approvals stay, and
 *    children, and outputs that a fork refers to. What is large is removed afterwards, in slices; after a crash, by whoever opens the
 *    store.
 *
 * A page or a window that is no whole number, or holds nothing, is `argument.invalid`.
 *
 * Every method may also reject with `store.busy`, `store.full`, `store.read-only`, `store.corrupt` or `store.io`.
 */
export interface Store extends AsyncDisposable {
  readonly storeId: StoreId;
  readonly capabilities: StoreCapabilities;

  /**
   * Applies a plan: everything or nothing. Without a clock, randomness or a callback of the caller's.
   *
   * @throws session.deleted, session.replica, store.fenced, store.condition-failed, store.sequence-conflict, store.blob-missing, input.conflict, input.inbox-full,
   *   session.not-found, event.invalid-data; nothing was changed by any of them.
   */
  commit(plan: CommitPlan): Promise<CommitResult>;

  /**
   * Takes a stretch of a session's log from elsewhere: everything or nothing. What it means is `checkImport`'s to say.
   *
   * @throws session.deleted, import.foreign, import.gap, import.divergent, import.reused-id, import.broken-chain, import.malformed,
   *   import.not-replica, import.owner, input.conflict, event.unknown-type, event.invalid-data, store.blob-missing,
   *   store.condition-failed; nothing was changed by any of them.
   */
  import(batch: ImportBatch): Promise<ImportResult>;

  /**
   * Moves a session's floor up, and then removes what is at or below it, in slices that hold no lock for long. What a crash leaves
   * over is removed by the next pruning.
   *
   * @throws session.deleted; store.condition-failed where the floor moved since the plan was made, or is no settled end of an execution.
   */
  prune(plan: PrunePlan): Promise<PruneResult>;

  /** Where a pruned log begins; null where it is whole, or there is none. */
  floor(sessionId: SessionId): Promise<Floor | null>;

  /** The end of a session's log, also of one that was deleted; null where there is no such session. */
  head(sessionId: SessionId): Promise<LogHead | null>;
  /** Events with a seq greater than `after` (-1 for all) and than the floor, in order, at most `limit` (at most 500). */
  events(query: {
    readonly sessionId: SessionId;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly SealedEnvelope[]>;

  /** A session's row; null where there is none. */
  session(sessionId: SessionId): Promise<SessionRow | null>;
  sessions(query: SessionQuery): Promise<readonly SessionRow[]>;
  /** What decides what the session does next; null where there is no such session. */
  snapshot(sessionId: SessionId): Promise<SessionSnapshot | null>;
  /** Messages with a seq greater than `after` (-1 for all), in order, at most `limit` (at most 200); null for no such session. */
  history(query: {
    readonly sessionId: SessionId;
    readonly after: number;
    readonly limit: number;
  }): Promise<HistoryPage | null>;
  /** An input's row, whatever became of it; null where there is none, or it was pruned. */
  input(query: { readonly sessionId: SessionId; readonly messageId: MessageId }): Promise<InputRow | null>;
  /** What was admitted under an identity; null for nothing. */
  admission(
    identity: { readonly messageId: MessageId } | { readonly sessionId: SessionId; readonly idempotencyKey: string },
  ): Promise<AdmissionRow | null>;
  /**
   * Identities at or below a session's floor whose inputs were withdrawn, or settled: no message tells of them. By the seq of their admissions, after
   * `after` (-1 for all), at most `limit` (at most 500).
   */
  withdrawn(query: {
    readonly sessionId: SessionId;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly AdmissionRow[]>;
  /**
   * Every projected row of a session, to compare with a rebuild. Of a pruned one: what its floor keeps, the row of every message, and
   * what was projected since.
   */
  rows(sessionId: SessionId): Promise<RowSnapshot>;

  /** A session's todos; null where there never were any, or there is no such session. */
  todo(sessionId: SessionId): Promise<TodoRow | null>;
  /** Asks in the order of their sessions' IDs, then as they were opened; at most `limit` (at most 200). */
  asks(query: AskQuery): Promise<readonly AskRow[]>;
  /** Saved approvals of a project, oldest first; of one time by action, resource and agent. */
  approvals(query: { readonly project: string }): Promise<readonly Approval[]>;
  /** Removes an approval. False where there was none. Writes no event. */
  revoke(approval: ApprovalKey): Promise<boolean>;

  /** Adds or renews a runtime's row: its counter grows by one. Writes no event. */
  renew(owner: Omit<OwnerRecord, "counter">): Promise<void>;
  /** Removes a runtime's row: it holds no claim any more, and will take none. */
  retire(ownerId: OwnerId): Promise<void>;
  /**
   * Sessions with an open execution of a runtime of this name, or with none open and a woken input that is fresh for the last one
   * (`isFreshFor`): what a failure or an interruption left in the inbox is no work. In the order of their IDs, after `after` (default:
   * from the first), at most `limit`.
   */
  workloads(query: {
    readonly runtime: string;
    readonly limit: number;
    readonly after?: SessionId;
  }): Promise<readonly Workload[]>;

  /** A blob's text; null where the store holds none such. */
  blob(hash: string): Promise<string | null>;
  /** Keeps an output, whole or in pieces, in place of one of the same key. At most 64 MiB. All of it or nothing. Writes no event. */
  putOutput(key: OutputKey, content: OutputContent): Promise<void>;
  /** At most `limit` bytes from `offset`; null where there is no such output. */
  readOutput(key: OutputKey, window: { readonly offset: number; readonly limit: number }): Promise<OutputPage | null>;

  /**
   * Calls the listener after every commit to the session from now on, of this process and, where the store can, of others. A
   * listener is registered when this returns. Commits of other processes may be signalled late and together.
   */
  watch(sessionId: SessionId, listener: DirtyListener): Disposable;
}

/** The most events that one read returns. */
export const maxEventsPerPage = 500;
/** The most messages that one read returns. */
export const maxMessagesPerPage = 200;

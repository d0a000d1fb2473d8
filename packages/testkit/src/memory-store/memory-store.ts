import { maxEventsPerPage, maxMessagesPerPage, RowSet } from "@holdfast/core/store";

import { applyPlan, headOf } from "./apply-plan.ts";
import { readHistory } from "./history.ts";
import { MemoryOutputs } from "./memory-outputs.ts";
import { storeClosed } from "./refusals.ts";
import { isWorkload, pageOfSessions, readSnapshot } from "./snapshot.ts";
import { Watchers } from "./watchers.ts";

import type { FaultPoints, OwnerId, SessionId, StoreId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type {
  AdmissionRow,
  CommitPlan,
  CommitResult,
  DirtyListener,
  HistoryPage,
  LogHead,
  OutputKey,
  OutputPage,
  OwnerRecord,
  RowSnapshot,
  SessionQuery,
  SessionRow,
  SessionSnapshot,
  Store,
  Workload,
} from "@holdfast/core/store";
import type { MemorySession } from "./apply-plan.ts";

/** How a memory store is made. */
export interface MemoryStoreOptions {
  /** Default: a random one. */
  readonly storeId?: StoreId | undefined;
  /** Reached are `store.before-commit` and `store.after-commit`; what the second one throws masks a commit that is done. */
  readonly faults?: FaultPoints | undefined;
}

/**
 * The smallest correct store: the executable meaning of the contract. It lives and dies with the process, is never busy, and
 * copies a session's rows at each commit, so it is for tests and not for long sessions.
 */
export const createMemoryStore = (options: MemoryStoreOptions = {}): Store => new MemoryStore(options);

class MemoryStore implements Store {
  readonly storeId: StoreId;
  readonly capabilities = { durable: false, multiProcess: false } as const;
  readonly #faults: FaultPoints | undefined;
  readonly #sessions = new Map<string, MemorySession>();
  readonly #admissions = new Map<string, AdmissionRow>();
  readonly #owners = new Map<OwnerId, OwnerRecord>();
  readonly #blobs = new Map<string, string>();
  readonly #outputs = new MemoryOutputs();
  readonly #watchers = new Watchers();
  #closed = false;

  constructor({ storeId, faults }: MemoryStoreOptions) {
    this.storeId = storeId ?? (`sto_${crypto.randomUUID().replaceAll("-", "")}` as StoreId);
    this.#faults = faults;
  }

  // No `await` in here: a commit is one synchronous piece, and so are all others beside it.
  async commit(plan: CommitPlan): Promise<CommitResult> {
    this.#assertOpen();
    this.#faults?.reach("store.before-commit");
    const session = this.#sessions.get(plan.sessionId) ?? null;
    const applied = applyPlan(plan, {
      session,
      known: this.#knownAdmission(plan),
      counter: this.#ownerOf(session)?.counter ?? null,
      hasBlob: (hash) => this.#blobs.has(hash),
    });
    const head = headOf(applied.session) ?? { seq: -1, hash: "" };
    const claim = structuredClone(applied.session?.claim ?? null);
    if (applied.status === "replayed") {
      return { status: "replayed", admission: structuredClone(applied.admission), head, claim };
    }
    this.#sessions.set(plan.sessionId, applied.session);
    if (applied.admission !== null) this.#keepAdmission(applied.admission);
    for (const { hash, text } of plan.blobs ?? []) this.#blobs.set(hash, text);
    this.#faults?.reach("store.after-commit");
    this.#watchers.signal(plan.sessionId, applied.events);
    return { status: "committed", events: [...applied.events], head, claim };
  }

  async head(sessionId: SessionId): Promise<LogHead | null> {
    return headOf(this.#session(sessionId));
  }

  async events(query: { sessionId: SessionId; after: number; limit: number }): Promise<readonly SealedEnvelope[]> {
    const from = Math.max(0, query.after + 1);
    const limit = Math.min(query.limit, maxEventsPerPage);
    return this.#session(query.sessionId)?.log.slice(from, from + limit) ?? [];
  }

  async session(sessionId: SessionId): Promise<SessionRow | null> {
    return structuredClone(this.#session(sessionId)?.rows.snapshot().session[0] ?? null);
  }

  async sessions(query: SessionQuery): Promise<readonly SessionRow[]> {
    this.#assertOpen();
    const all = [...this.#sessions.values()].flatMap(({ rows }) => rows.snapshot().session);
    return structuredClone(pageOfSessions(all, query));
  }

  async snapshot(sessionId: SessionId): Promise<SessionSnapshot | null> {
    const session = this.#session(sessionId);
    return session === null ? null : readSnapshot(session, this.#ownerOf(session));
  }

  async history(query: { sessionId: SessionId; after: number; limit: number }): Promise<HistoryPage | null> {
    const session = this.#session(query.sessionId);
    return session === null ? null : readHistory(session, query.after, Math.min(query.limit, maxMessagesPerPage));
  }

  async admission(identity: { messageId: string } | { sessionId: string; idempotencyKey: string }) {
    this.#assertOpen();
    const key = "messageId" in identity ? identity.messageId : keyOf(identity.sessionId, identity.idempotencyKey);
    return structuredClone(this.#admissions.get(key) ?? null);
  }

  async rows(sessionId: SessionId): Promise<RowSnapshot> {
    return structuredClone((this.#session(sessionId)?.rows ?? new RowSet(sessionId)).snapshot());
  }

  async renew(owner: Omit<OwnerRecord, "counter">): Promise<void> {
    this.#assertOpen();
    const counter = (this.#owners.get(owner.ownerId)?.counter ?? 0) + 1;
    this.#owners.set(owner.ownerId, { ...owner, counter });
  }

  async retire(ownerId: OwnerId): Promise<void> {
    this.#assertOpen();
    this.#owners.delete(ownerId);
  }

  async workloads({ runtime, limit, after }: Parameters<Store["workloads"]>[0]): Promise<readonly Workload[]> {
    this.#assertOpen();
    const inOrder = [...this.#sessions].toSorted(([left], [right]) => (left < right ? -1 : 1));
    const found = inOrder.flatMap(([sessionId, session]) => {
      if (after !== undefined && sessionId <= after) return [];
      const rows = session.rows.snapshot();
      if (!isWorkload(rows, runtime)) return [];
      const execution = rows.execution.find(({ state }) => state === "open") ?? null;
      return [{ sessionId: sessionId as SessionId, execution, claim: session.claim, owner: this.#ownerOf(session) }];
    });
    return structuredClone(found.slice(0, limit));
  }

  async blob(hash: string): Promise<string | null> {
    this.#assertOpen();
    return this.#blobs.get(hash) ?? null;
  }

  async putOutput(key: OutputKey, content: Uint8Array): Promise<void> {
    this.#assertOpen();
    this.#outputs.put(key, content);
  }

  async readOutput(key: OutputKey, window: { offset: number; limit: number }): Promise<OutputPage | null> {
    this.#assertOpen();
    return this.#outputs.read(key, window);
  }

  watch(sessionId: SessionId, listener: DirtyListener): Disposable {
    this.#assertOpen();
    return this.#watchers.add(sessionId, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#watchers.clear();
  }

  #session(sessionId: SessionId): MemorySession | null {
    this.#assertOpen();
    return this.#sessions.get(sessionId) ?? null;
  }

  #ownerOf(session: MemorySession | null): OwnerRecord | null {
    const owner = session?.claim?.owner ?? null;
    return owner === null ? null : (this.#owners.get(owner) ?? null);
  }

  #knownAdmission({ sessionId, admission }: CommitPlan): AdmissionRow | null {
    if (admission === undefined) return null;
    const { messageId, idempotencyKey } = admission;
    const byKey = idempotencyKey === undefined ? undefined : this.#admissions.get(keyOf(sessionId, idempotencyKey));
    return byKey ?? this.#admissions.get(messageId) ?? null;
  }

  #keepAdmission(row: AdmissionRow): void {
    this.#admissions.set(row.messageId, row);
    if (row.idempotencyKey !== null) this.#admissions.set(keyOf(row.sessionId, row.idempotencyKey), row);
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed();
  }
}

// A message ID never holds a zero character, so keys and IDs share a map without meeting.
const keyOf = (sessionId: string, idempotencyKey: string): string => `${sessionId}\u0000${idempotencyKey}`;

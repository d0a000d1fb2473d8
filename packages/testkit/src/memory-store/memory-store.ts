import {
  assertPage,
  assertWindow,
  maxEventsPerPage,
  maxMessagesPerPage,
  RowSet,
  selectAsks,
} from "@holdfast/core/store";

import { applyImport } from "./apply-import.ts";
import { applyPlan } from "./apply-plan.ts";
import { applyPrune } from "./apply-prune.ts";
import { findWorkloads } from "./find-workloads.ts";
import { readHistory } from "./history.ts";
import { MemoryApprovals } from "./memory-approvals.ts";
import { MemoryAdmissions } from "./memory-admissions.ts";
import { MemoryBlobs } from "./memory-blobs.ts";
import { MemoryOutputs } from "./memory-outputs.ts";
import { MemoryOwners } from "./memory-owners.ts";
import { headOf } from "./memory-session.ts";
import { storeClosed } from "./refusals.ts";
import { pageOfSessions, readSnapshot } from "./snapshot.ts";
import { Watchers } from "./watchers.ts";

import type { EventId, FaultPoints, OwnerId, SessionId, StoreId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type {
  AdmissionRow,
  Approval,
  ApprovalKey,
  AskQuery,
  AskRow,
  CommitPlan,
  CommitResult,
  DirtyListener,
  Floor,
  HistoryPage,
  ImportBatch,
  ImportResult,
  LogHead,
  OutputKey,
  OutputPage,
  OwnerRecord,
  PrunePlan,
  PruneResult,
  RowSnapshot,
  SessionQuery,
  SessionRow,
  SessionSnapshot,
  Store,
  Workload,
} from "@holdfast/core/store";
import type { MemorySession } from "./memory-session.ts";

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
  readonly #admissions = new MemoryAdmissions();
  readonly #approvals = new MemoryApprovals();
  readonly #owners = new MemoryOwners();
  readonly #blobs = new MemoryBlobs();
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
      known: this.#admissions.knownTo(plan),
      counter: this.#owners.of(session?.claim)?.counter ?? null,
      hasBlob: this.#blobs.has,
    });
    const head = headOf(applied.session) ?? { seq: -1, hash: "" };
    const claim = structuredClone(applied.session?.claim ?? null);
    if (applied.status === "replayed") {
      return { status: "replayed", admission: structuredClone(applied.admission), head, claim };
    }
    this.#sessions.set(plan.sessionId, applied.session);
    if (applied.admission !== null) this.#admissions.keep(applied.admission);
    this.#blobs.keep(plan.blobs ?? []);
    this.#approvals.keep(plan.approvals ?? []);
    this.#faults?.reach("store.after-commit");
    this.#watchers.signal(plan.sessionId, applied.events);
    return { status: "committed", events: [...applied.events], head, claim };
  }

  async import(batch: ImportBatch): Promise<ImportResult> {
    this.#assertOpen();
    const applied = applyImport(batch, this.#session(batch.sessionId), {
      usedIds: (ids) => this.#usedIds(ids),
      hasBlob: this.#blobs.has,
      admissionOf: (identity) => this.#admissions.find(identity),
    });
    if (applied.session !== null) this.#sessions.set(batch.sessionId, applied.session);
    for (const row of applied.admissions) this.#admissions.keep(row);
    this.#blobs.keep(applied.blobs);
    if (applied.events.length > 0) this.#watchers.signal(batch.sessionId, applied.events);
    return applied.result;
  }

  async prune(plan: PrunePlan): Promise<PruneResult> {
    this.#assertOpen();
    const { sessionId } = plan.floor;
    const applied = applyPrune(plan, this.#session(sessionId));
    if (applied === null) return { removedEvents: 0, removedBlobs: 0 };
    this.#sessions.set(sessionId, applied.session);
    for (const { messageId, disposition } of applied.dispositions) {
      this.#admissions.close(sessionId, messageId, disposition);
    }
    return { removedEvents: applied.removedEvents, removedBlobs: this.#blobs.collect(this.#sessions.values()) };
  }

  async floor(sessionId: SessionId): Promise<Floor | null> {
    return structuredClone(this.#session(sessionId)?.floor ?? null);
  }

  async head(sessionId: SessionId): Promise<LogHead | null> {
    return headOf(this.#session(sessionId));
  }

  async events(query: { sessionId: SessionId; after: number; limit: number }): Promise<readonly SealedEnvelope[]> {
    assertPage(query);
    const log = this.#session(query.sessionId)?.log ?? [];
    const from = Math.max(0, query.after + 1 - (log[0]?.seq ?? 0));
    return log.slice(from, from + Math.min(query.limit, maxEventsPerPage));
  }

  async session(sessionId: SessionId): Promise<SessionRow | null> {
    return structuredClone(this.#session(sessionId)?.rows.snapshot().session[0] ?? null);
  }

  async sessions(query: SessionQuery): Promise<readonly SessionRow[]> {
    this.#assertOpen();
    assertPage({ limit: query.limit });
    const all = [...this.#sessions.values()].flatMap(({ rows }) => rows.snapshot().session);
    return structuredClone(pageOfSessions(all, query));
  }

  async snapshot(sessionId: SessionId): Promise<SessionSnapshot | null> {
    const session = this.#session(sessionId);
    return session === null ? null : readSnapshot(session, this.#owners.of(session.claim));
  }

  async history(query: { sessionId: SessionId; after: number; limit: number }): Promise<HistoryPage | null> {
    assertPage(query);
    const session = this.#session(query.sessionId);
    return session === null ? null : readHistory(session, query.after, Math.min(query.limit, maxMessagesPerPage));
  }

  async admission(identity: { messageId: string } | { sessionId: string; idempotencyKey: string }) {
    this.#assertOpen();
    return structuredClone(this.#admissions.find(identity));
  }

  async withdrawn(query: { sessionId: SessionId; after: number; limit: number }): Promise<readonly AdmissionRow[]> {
    this.#assertOpen();
    assertPage(query);
    const all = this.#admissions.withdrawn(query.sessionId).filter(({ seq }) => seq > query.after);
    return structuredClone(all.slice(0, Math.min(query.limit, maxEventsPerPage)));
  }

  async rows(sessionId: SessionId): Promise<RowSnapshot> {
    return structuredClone((this.#session(sessionId)?.rows ?? new RowSet(sessionId)).snapshot());
  }

  async asks(query: AskQuery): Promise<readonly AskRow[]> {
    this.#assertOpen();
    const sessions = [...this.#sessions.values()].map(({ rows }) => rows.snapshot());
    return structuredClone(
      selectAsks(
        sessions.map(({ session, ask }) => ({ session: session[0], asks: ask })),
        query,
      ),
    );
  }

  async approvals({ project }: { readonly project: string }): Promise<readonly Approval[]> {
    this.#assertOpen();
    return this.#approvals.of(project);
  }

  async revoke(approval: ApprovalKey): Promise<boolean> {
    this.#assertOpen();
    return this.#approvals.revoke(approval);
  }

  async renew(owner: Omit<OwnerRecord, "counter">): Promise<void> {
    this.#assertOpen();
    this.#owners.renew(owner);
  }

  async retire(ownerId: OwnerId): Promise<void> {
    this.#assertOpen();
    this.#owners.retire(ownerId);
  }

  async workloads(query: Parameters<Store["workloads"]>[0]): Promise<readonly Workload[]> {
    this.#assertOpen();
    assertPage({ limit: query.limit });
    return structuredClone(findWorkloads(this.#sessions, this.#owners, query));
  }

  async blob(hash: string): Promise<string | null> {
    this.#assertOpen();
    return this.#blobs.text(hash);
  }

  async putOutput(key: OutputKey, content: Uint8Array): Promise<void> {
    this.#assertOpen();
    this.#outputs.put(key, content);
  }

  async readOutput(key: OutputKey, window: { offset: number; limit: number }): Promise<OutputPage | null> {
    this.#assertOpen();
    assertWindow(window);
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

  #usedIds(ids: readonly EventId[]): ReadonlyMap<EventId, SessionId> {
    const asked = new Set(ids);
    const all = [...this.#sessions.values()].flatMap(({ log }) => log);
    return new Map(all.filter(({ id }) => asked.has(id)).map(({ id, sessionId }) => [id, sessionId]));
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed();
  }
}

import {
  assertPage,
  assertWindow,
  isDeletion,
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
import { headOf, tombstoneOf } from "./memory-session.ts";
import { storeClosed } from "./refusals.ts";
import { pageOfSessions, readSnapshot } from "./snapshot.ts";
import { Watchers } from "./watchers.ts";

import type { EventId, FaultPoints, SessionId, StoreId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type {
  CommitPlan,
  CommitResult,
  DirtyListener,
  HistoryPage,
  ImportBatch,
  ImportResult,
  MessageRow,
  PrunePlan,
  PruneResult,
  Store,
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
    if (isDeletion(applied.events)) this.#clean(plan.sessionId, session);
    this.#faults?.reach("store.after-commit");
    this.#watchers.signal(plan.sessionId, applied.events);
    return { status: "committed", events: [...applied.events], head, claim };
  }

  async import(batch: ImportBatch): Promise<ImportResult> {
    this.#assertOpen();
    const session = this.#session(batch.sessionId);
    const applied = applyImport(batch, session, {
      usedIds: (ids) => this.#usedIds(ids),
      hasBlob: this.#blobs.has,
      admissionOf: (identity) => this.#admissions.find(identity),
    });
    if (applied.session !== null) this.#sessions.set(batch.sessionId, applied.session);
    for (const row of applied.admissions) this.#admissions.keep(row);
    this.#blobs.keep(applied.blobs);
    if (isDeletion(applied.events)) this.#clean(batch.sessionId, session);
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

  floor: Store["floor"] = (sessionId) => this.#read(() => this.#session(sessionId)?.floor ?? null);
  head: Store["head"] = (sessionId) => this.#read(() => headOf(this.#session(sessionId)));
  session: Store["session"] = (sessionId) =>
    this.#read(() => this.#there(sessionId)?.rows.snapshot().session[0] ?? null);
  admission: Store["admission"] = (identity) => this.#read(() => this.#admissions.find(identity));
  blob: Store["blob"] = (hash) => this.#read(() => this.#blobs.text(hash));
  approvals: Store["approvals"] = ({ project }) => this.#read(() => this.#approvals.of(project));
  revoke: Store["revoke"] = (approval) => this.#read(() => this.#approvals.revoke(approval));
  renew: Store["renew"] = (owner) => this.#read(() => this.#owners.renew(owner));
  retire: Store["retire"] = (ownerId) => this.#read(() => this.#owners.retire(ownerId));
  putOutput: Store["putOutput"] = (key, content) => this.#read(() => this.#outputs.put(key, content));

  // Events are frozen as they are kept, so they need no copy.
  async events(query: Parameters<Store["events"]>[0]): Promise<readonly SealedEnvelope[]> {
    assertPage(query);
    const log = this.#session(query.sessionId)?.log ?? [];
    const from = Math.max(0, query.after + 1 - (log[0]?.seq ?? 0));
    return log.slice(from, from + Math.min(query.limit, maxEventsPerPage));
  }

  async history(query: Parameters<Store["history"]>[0]): Promise<HistoryPage | null> {
    assertPage(query);
    const session = this.#there(query.sessionId);
    return session === null ? null : readHistory(session, query.after, Math.min(query.limit, maxMessagesPerPage));
  }

  sessions: Store["sessions"] = (query) =>
    this.#read(() => {
      assertPage({ limit: query.limit });
      const all = [...this.#sessions.values()].flatMap(({ rows }) => rows.snapshot().session);
      return pageOfSessions(all, query);
    });

  snapshot: Store["snapshot"] = (sessionId) =>
    this.#read(() => {
      const session = this.#there(sessionId);
      return session === null ? null : readSnapshot(session, this.#owners.of(session.claim));
    });

  input: Store["input"] = ({ sessionId, messageId }) =>
    this.#read(() => {
      const rows = this.#there(sessionId)?.rows.snapshot().input ?? [];
      return rows.find((row) => row.messageId === messageId) ?? null;
    });

  withdrawn: Store["withdrawn"] = (query) =>
    this.#read(() => {
      assertPage(query);
      const all = this.#there(query.sessionId) === null ? [] : this.#admissions.withdrawn(query.sessionId);
      return all.filter(({ seq }) => seq > query.after).slice(0, Math.min(query.limit, maxEventsPerPage));
    });

  rows: Store["rows"] = (sessionId) =>
    this.#read(() => (this.#session(sessionId)?.rows ?? new RowSet(sessionId)).snapshot());

  todo: Store["todo"] = (sessionId) => this.#read(() => this.#there(sessionId)?.rows.snapshot().todo[0] ?? null);

  asks: Store["asks"] = (query) =>
    this.#read(() => {
      const all = [...this.#sessions.values()].map(({ rows }) => rows.snapshot());
      const sessions = all.map(({ session, ask }) => ({ session: session[0], asks: ask }));
      return selectAsks(sessions, query);
    });

  workloads: Store["workloads"] = (query) =>
    this.#read(() => {
      assertPage({ limit: query.limit });
      return findWorkloads(this.#sessions, this.#owners, query);
    });

  readOutput: Store["readOutput"] = (key, window) =>
    this.#read(() => {
      assertWindow(window);
      return this.#outputs.read(key, window);
    });

  watch(sessionId: SessionId, listener: DirtyListener): Disposable {
    this.#assertOpen();
    return this.#watchers.add(sessionId, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#watchers.clear();
  }

  /** One synchronous piece, and a copy: what its caller changes is its own. */
  async #read<T>(read: () => T): Promise<T> {
    this.#assertOpen();
    return structuredClone(read());
  }

  /** A session that was not deleted. */
  #there(sessionId: SessionId): MemorySession | null {
    const session = this.#session(sessionId);
    return tombstoneOf(session) === null ? session : null;
  }

  /** After a deletion. What a fork of the session refers to stays for as long as it is kept: who shares its first message is of its line. */
  #clean(sessionId: SessionId, before: MemorySession | null): void {
    const others = [...this.#sessions.values()];
    this.#blobs.collect(others);
    const first = before?.rows.snapshot().message.toSorted((left, right) => left.seq - right.seq)[0];
    const isFirst = ({ messageId, seq }: MessageRow) => messageId === first?.messageId && seq === first.seq;
    if (!others.some(({ rows }) => rows.snapshot().message.some(isFirst))) this.#outputs.removeOf(sessionId);
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

import { randomBytes } from "node:crypto";

import { HoldfastError } from "@holdfast/core";
import {
  assertKnown,
  assertNotDeleted,
  assertPage,
  assertSameAdmission,
  assertWindow,
  maxEventsPerPage,
  maxMessagesPerPage,
  wholeOutput,
  selectApprovals,
  selectAsks,
} from "@holdfast/core/store";

import { JournalFile } from "./journal-file.ts";
import { approvalOf, JournalState, outputOf } from "./journal-state.ts";
import { JournalWatchers } from "./journal-watchers.ts";
import { newestFirst, openExecutionOf, isWanted } from "./list-sessions.ts";
import { readHistory, readSnapshot } from "./read-session.ts";
import { sealEntry } from "./seal-entry.ts";

import type { FaultPoints, SessionId, StoreId } from "@holdfast/core";
import type { CommitPlan, CommitResult, Store } from "@holdfast/core/store";
import type { Entry, JournalSession } from "./journal-state.ts";

/** Opens a store that is one file of lines, for one process, in whose memory all of it is. */
export const openJournalStore = (path: string, faults?: FaultPoints): Store => new JournalStore(path, faults);

class JournalStore implements Store {
  readonly storeId: StoreId;
  readonly capabilities = { durable: true, multiProcess: false } as const;
  readonly #file: JournalFile;
  readonly #state = new JournalState();
  readonly #watchers = new JournalWatchers();
  #isClosed = false;

  constructor(path: string, faults: FaultPoints | undefined) {
    this.#file = new JournalFile(path, faults);
    for (const line of this.#file.read()) this.#state.apply(JSON.parse(line) as Entry);
    if (this.#state.storeId === null) {
      this.#write({ kind: "store", storeId: `sto_${randomBytes(16).toString("hex")}` as StoreId });
    }
    this.storeId = this.#state.storeId ?? ("" as StoreId);
  }

  // #region commit
  async commit(plan: CommitPlan): Promise<CommitResult> {
    this.#assertOpen();
    const { sessionId, admission } = plan;
    assertNotDeleted(sessionId, this.#state.session(sessionId).tombstone);
    const known = admission === undefined ? null : this.#knownTo(sessionId, admission);
    if (admission !== undefined && known !== null) {
      assertKnown(plan, this.#state.session(sessionId).head);
      const first = assertSameAdmission(plan, admission, known);
      return this.#answer(sessionId, { status: "replayed", admission: first });
    }
    const { events } = this.#write(sealEntry(plan, this.#state));
    this.#watchers.tell(sessionId, events);
    return this.#answer(sessionId, { status: "committed", events });
  }

  /** Writes a line, and then does what it says as it was written: nothing that a caller holds is kept. */
  #write<T extends Entry>(entry: T): T {
    const line = JSON.stringify(entry);
    this.#file.append(line);
    const written = JSON.parse(line) as T;
    this.#state.apply(written);
    return written;
  }
  // #endregion commit

  head: Store["head"] = (sessionId) => this.#read(() => this.#state.session(sessionId).head);
  floor: Store["floor"] = () => this.#read(() => null);
  rows: Store["rows"] = (sessionId) => this.#read(() => this.#state.session(sessionId).rows.snapshot());
  blob: Store["blob"] = (hash) => this.#read(() => this.#state.blobs.get(hash) ?? null);
  input: Store["input"] = ({ sessionId, messageId }) =>
    this.#read(() => {
      const rows = this.#state.session(sessionId).rows.snapshot().input;
      return rows.find((row) => row.messageId === messageId) ?? null;
    });
  admission: Store["admission"] = (identity) => this.#read(() => this.#state.admission(identity));

  // It keeps everything, so nothing is below a floor.
  withdrawn: Store["withdrawn"] = (query) =>
    this.#read(() => {
      assertPage(query);
      return [];
    });

  session: Store["session"] = (sessionId) =>
    this.#read(() => this.#state.session(sessionId).rows.snapshot().session[0] ?? null);
  events: Store["events"] = ({ sessionId, after, limit }) =>
    this.#read(() => {
      assertPage({ after, limit });
      const { log } = this.#state.session(sessionId);
      const from = Math.max(0, after + 1 - (log[0]?.seq ?? 0));
      return log.slice(from, from + Math.min(limit, maxEventsPerPage));
    });
  snapshot: Store["snapshot"] = (sessionId) =>
    this.#read(() => readSnapshot(this.#state.session(sessionId), this.#ownerOf(this.#state.session(sessionId))));
  history: Store["history"] = ({ sessionId, after, limit }) =>
    this.#read(() => {
      assertPage({ after, limit });
      return readHistory(this.#state.session(sessionId), after, Math.min(limit, maxMessagesPerPage));
    });
  sessions: Store["sessions"] = (query) =>
    this.#read(() => {
      assertPage({ limit: query.limit });
      const all = [...this.#state.sessions.values()].flatMap(({ rows }) => rows.snapshot().session);
      return all
        .filter((row) => isWanted(row, query))
        .toSorted(newestFirst)
        .slice(0, query.limit);
    });
  todo: Store["todo"] = (sessionId) => this.#read(() => this.#state.session(sessionId).rows.snapshot().todo[0] ?? null);
  asks: Store["asks"] = (query) =>
    this.#read(() => {
      const all = [...this.#state.sessions.values()].map(({ rows }) => rows.snapshot());
      const sessions = all.map(({ session, ask }) => ({ session: session[0], asks: ask }));
      return selectAsks(sessions, query);
    });
  approvals: Store["approvals"] = ({ project }) =>
    this.#read(() => selectApprovals([...this.#state.approvals.values()], project));
  revoke: Store["revoke"] = async (approval) => {
    this.#assertOpen();
    if (!this.#state.approvals.has(approvalOf(approval))) return false;
    this.#write({ kind: "revoked", approval });
    return true;
  };
  workloads: Store["workloads"] = ({ runtime, limit, after = "" }) =>
    this.#read(() => {
      assertPage({ limit });
      return [...this.#state.sessions]
        .filter(([sessionId]) => sessionId > after)
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .flatMap(([sessionId, session]) => {
          const work = openExecutionOf(session.rows.snapshot(), runtime);
          return work === null ? [] : [{ sessionId, ...work, claim: session.claim, owner: this.#ownerOf(session) }];
        })
        .slice(0, limit);
    });

  async renew(owner: Parameters<Store["renew"]>[0]): Promise<void> {
    this.#assertOpen();
    const counter = (this.#state.owners.get(owner.ownerId)?.counter ?? 0) + 1;
    this.#write({ kind: "owner", owner: { ...owner, counter } });
  }

  async retire(ownerId: Parameters<Store["retire"]>[0]): Promise<void> {
    this.#assertOpen();
    this.#write({ kind: "retired", ownerId });
  }

  putOutput: Store["putOutput"] = async (key, content) => {
    this.#assertOpen();
    this.#write({ kind: "output", key, base64: Buffer.from(wholeOutput(content)).toString("base64") });
  };

  readOutput: Store["readOutput"] = (key, { offset, limit }) =>
    this.#read(() => {
      assertWindow({ offset, limit });
      const content = this.#state.outputs.get(outputOf(key));
      if (content === undefined) return null;
      const from = Math.min(Math.max(0, offset), content.length);
      return { bytes: Uint8Array.from(content.subarray(from, from + limit)), offset: from, size: content.length };
    });

  watch: Store["watch"] = (sessionId, listener) => {
    this.#assertOpen();
    return this.#watchers.add(sessionId, listener);
  };

  import: Store["import"] = () => this.#refuse("takes no imports");
  prune: Store["prune"] = () => this.#refuse("keeps everything");

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#file.close();
    this.#isClosed = true;
  }

  #answer<T>(sessionId: SessionId, rest: T) {
    const { head, claim } = this.#state.session(sessionId);
    return structuredClone({ ...rest, head: head ?? { seq: -1, hash: "" }, claim });
  }

  #knownTo(sessionId: SessionId, { messageId, idempotencyKey }: NonNullable<CommitPlan["admission"]>) {
    const byKey = idempotencyKey === undefined ? null : this.#state.admission({ sessionId, idempotencyKey });
    return byKey ?? this.#state.admission({ messageId });
  }

  #ownerOf({ claim }: JournalSession) {
    return claim?.owner == null ? null : (this.#state.owners.get(claim.owner) ?? null);
  }

  /** Every read: of one moment, since nothing waits in it, and a copy. */
  async #read<T>(read: () => T): Promise<T> {
    this.#assertOpen();
    return structuredClone(read());
  }

  async #refuse(reason: string): Promise<never> {
    this.#assertOpen();
    throw new HoldfastError("argument.invalid", { message: `A journal store ${reason}. Use another store.`, data: {} });
  }

  #assertOpen(): void {
    if (!this.#isClosed) return;
    throw new HoldfastError("store.closed", { message: "The journal was closed. Open it again to use it.", data: {} });
  }
}

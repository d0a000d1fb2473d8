import { Access } from "./access.ts";
import { ApprovalTable } from "./commit/approval-table.ts";
import { OwnerTable } from "./commit/owner-table.ts";
import { PlanApplier } from "./commit/plan-applier.ts";
import { Writer } from "./commit/writer.ts";
import { backupTo } from "./economy/backup.ts";
import { truncateWal } from "./economy/checkpoint.ts";
import { Maintenance } from "./economy/maintenance.ts";
import { readStats } from "./economy/stats.ts";
import { toStoreError } from "./errors.ts";
import { Importer } from "./import/importer.ts";
import { readStoreId } from "./migrations/store-file.ts";
import { OutputTable } from "./output-table.ts";
import { Pruner } from "./prune/pruner.ts";
import { Reads } from "./read/reads.ts";
import { EventTypes } from "./event-types.ts";
import { SessionKeys } from "./session-keys.ts";
import { Watchers } from "./watchers.ts";

import type { Clock, FaultPoints, Logger, SessionId, StoreId } from "@holdfast/core";
import type { CommitPlan, CommitResult, Store } from "@holdfast/core/store";
import type { Connection } from "./driver.ts";
import type { SqliteStore } from "./sqlite-store-options.ts";

interface OpenOptions {
  readonly path: string;
  /** Opens another connection to the file; null where there can be none. */
  readonly openReader: (() => Connection) | null;
  readonly busyBudgetMs: number;
  readonly pollMs: number;
  readonly logger: Logger;
  readonly clock: Pick<Clock, "now">;
  readonly faults: FaultPoints | undefined;
}

/** The contract on an open, migrated connection. Every read is synchronous beneath its promise. */
export class OpenSqliteStore implements SqliteStore {
  readonly path: string;
  readonly storeId: StoreId;
  readonly capabilities;
  readonly #connection: Connection;
  readonly #options: OpenOptions;
  readonly #access: Access;
  readonly #writer: Writer;
  readonly #watchers: Watchers;
  readonly #maintenance: Maintenance;
  readonly #importer: Importer;
  readonly #pruner: Pruner;
  readonly #reads: Reads;
  readonly #outputs: OutputTable;
  readonly #owners: OwnerTable;
  readonly #approvals: ApprovalTable;
  #closing: Promise<void> | undefined;

  constructor(connection: Connection, options: OpenOptions) {
    const { path, busyBudgetMs, pollMs, logger, clock, faults } = options;
    this.path = path;
    this.capabilities = { durable: path !== ":memory:", multiProcess: options.openReader !== null };
    this.#connection = connection;
    this.#options = options;
    this.storeId = readStoreId(connection, path);
    this.#access = new Access(connection, path, busyBudgetMs);
    const [keys, types] = [new SessionKeys(connection), new EventTypes(connection)];
    const look = () => this.#access.look();
    const version = connection.prepare("pragma data_version").pluck();
    this.#watchers = new Watchers({ dataVersion: () => version.get() as number, onForeign: look, pollMs, logger });
    this.#writer = new Writer(connection, new PlanApplier(connection, keys, types), {
      busyBudgetMs,
      faults,
      onCommitted: (result, plan) => {
        if (result.status === "committed") this.#watchers.committed(plan.sessionId, result.events);
      },
    });
    const exclusively = <T>(write: () => T) => this.#write(write);
    this.#importer = new Importer(connection, keys, types);
    this.#pruner = new Pruner(connection, { keys, exclusively, faults });
    const versions = { own: () => this.#writer.commits, foreign: () => version.get() as number };
    this.#reads = new Reads(connection, this.#access, { keys, types, versions });
    this.#outputs = new OutputTable(connection, clock);
    this.#owners = new OwnerTable(connection);
    this.#approvals = new ApprovalTable(connection);
    const activity = () => `${this.#writer.commits} ${String(version.get())}`;
    this.#maintenance = new Maintenance(connection, {
      path,
      logger,
      now: () => clock.now(),
      exclusively,
      activity,
      faults,
      look,
    });
  }

  async commit(plan: CommitPlan): Promise<CommitResult> {
    this.#access.assertOpen();
    return this.#writer.write(plan).catch((error: unknown) => {
      throw this.#access.toError(error);
    });
  }

  import: Store["import"] = async (given) => {
    this.#access.assertOpen();
    // It waits, and what its caller does to it meanwhile does not matter.
    const batch = structuredClone(given);
    const used = await this.#importer.prepare(batch, () => this.#access.assertOpen());
    const { result, events } = await this.#write(() => {
      const imported = this.#importer.apply(batch, used);
      this.#options.faults?.reach("store.import:before-commit");
      return imported;
    });
    this.#options.faults?.reach("store.import:after-commit");
    if (events.length > 0) this.#watchers.committed(batch.sessionId, events);
    return result;
  };

  prune: Store["prune"] = async (plan) => {
    this.#access.assertOpen();
    return this.#pruner.prune(structuredClone(plan));
  };

  floor: Store["floor"] = (sessionId) => this.#reads.floor(sessionId);
  head: Store["head"] = (sessionId) => this.#reads.head(sessionId);
  events: Store["events"] = (query) => this.#reads.events(query);
  session: Store["session"] = (sessionId) => this.#reads.session(sessionId);
  sessions: Store["sessions"] = (query) => this.#reads.sessions(query);
  snapshot: Store["snapshot"] = (sessionId) => this.#reads.snapshot(sessionId);
  history: Store["history"] = (query) => this.#reads.history(query);
  rows: Store["rows"] = (sessionId) => this.#reads.rows(sessionId);
  asks: Store["asks"] = (query) => this.#reads.asks(query);
  approvals: Store["approvals"] = (query) => this.#reads.approvals(query);
  input: Store["input"] = (query) => this.#reads.input(query);
  admission: Store["admission"] = (identity) => this.#reads.admission(identity);
  todo: Store["todo"] = (sessionId) => this.#reads.todo(sessionId);
  withdrawn: Store["withdrawn"] = (query) => this.#reads.withdrawn(query);
  workloads: Store["workloads"] = (query) => this.#reads.workloads(query);
  blob: Store["blob"] = (hash) => this.#reads.blob(hash);
  readOutput: Store["readOutput"] = (key, window) => this.#access.readTogether(() => this.#outputs.read(key, window));

  renew: Store["renew"] = (owner) => {
    const renewed = { ...owner };
    return this.#write(() => this.#owners.renew(renewed));
  };
  revoke: Store["revoke"] = (approval) => {
    const revoked = { ...approval };
    return this.#write(() => this.#approvals.revoke(revoked));
  };
  retire: Store["retire"] = (ownerId) => this.#write(() => this.#owners.retire(ownerId));
  putOutput: Store["putOutput"] = async (key, content) => {
    this.#access.assertOpen();
    await this.#write(this.#outputs.capture(key, content));
  };

  watch: Store["watch"] = (sessionId: SessionId, listener) => {
    this.#access.assertOpen();
    return this.#watchers.watch(sessionId, listener);
  };

  async stats() {
    this.#access.assertOpen();
    const assertOpen = () => this.#access.assertOpen();
    return readStats(this.#connection, this.path, assertOpen).catch((error: unknown) => {
      throw this.#access.toError(error);
    });
  }

  async backup(path: string): Promise<void> {
    this.#access.assertOpen();
    await backupTo(this.#connection, this.#options.openReader, path).catch((error: unknown) => {
      throw toStoreError(error, path);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    this.#access.close();
    this.#watchers.stop();
    await this.#maintenance.stop();
    await this.#writer.settled();
    await this.#access.settled();
    try {
      // Where another process reads or writes, its own close or the next checkpoint does it. Nothing is lost meanwhile.
      if (this.capabilities.durable) truncateWal(this.#connection);
    } catch (error) {
      // A damaged or full file has told its writers; a close that fails for it would hide what they were told.
      this.#options.logger.warn("the write-ahead log was left as it is", { path: this.path, reason: String(error) });
    }
    this.#connection.close();
  }

  async #write<T>(write: () => T): Promise<T> {
    this.#access.assertOpen();
    return this.#writer.exclusively(write).catch((error: unknown) => {
      throw this.#access.toError(error);
    });
  }
}

import { HoldfastError } from "@holdfast/core";

import { sqlBuilder, toSql } from "./compile.ts";
import { Writer } from "./commit/writer.ts";
import { toStoreError } from "./errors.ts";
import { OutputTable } from "./output-table.ts";
import { HistoryReader } from "./read/history-reader.ts";
import { LogReader } from "./read/log-reader.ts";
import { SessionReader } from "./read/session-reader.ts";
import { SnapshotReader } from "./read/snapshot-reader.ts";
import { Watchers } from "./watchers.ts";

import type { FaultPoints, Logger, SessionId, StoreId } from "@holdfast/core";
import type { CommitPlan, CommitResult, Store } from "@holdfast/core/store";
import type { Connection, Statement } from "./driver.ts";
import type { SqliteStore } from "./sqlite-store-options.ts";

interface OpenOptions {
  readonly path: string;
  readonly busyBudgetMs: number;
  readonly pollMs: number;
  readonly logger: Logger;
  readonly faults: FaultPoints | undefined;
}

/** The contract on an open, migrated connection. Every read is synchronous beneath its promise. */
export class OpenSqliteStore implements SqliteStore {
  readonly path: string;
  readonly storeId: StoreId;
  readonly capabilities;
  readonly #connection: Connection;
  readonly #writer: Writer;
  readonly #watchers: Watchers;
  readonly #log: LogReader;
  readonly #sessions: SessionReader;
  readonly #snapshots: SnapshotReader;
  readonly #history: HistoryReader;
  readonly #outputs: OutputTable;
  readonly #beginRead: Statement;
  readonly #endRead: Statement;
  readonly #renew: Statement;
  readonly #retire: Statement;
  #closing: Promise<void> | undefined;

  constructor(connection: Connection, { path, busyBudgetMs, pollMs, logger, faults }: OpenOptions) {
    this.path = path;
    this.capabilities = { durable: path !== ":memory:", multiProcess: path !== ":memory:" };
    this.#connection = connection;
    const identity = sqlBuilder.selectFrom("meta").select("value").where("key", "=", "");
    this.storeId = connection.prepare(toSql(identity)).pluck().get("storeId") as StoreId;
    const version = connection.prepare("pragma data_version").pluck();
    this.#watchers = new Watchers({ dataVersion: () => version.get() as number, pollMs, logger });
    this.#writer = new Writer(connection, {
      busyBudgetMs,
      faults,
      onCommitted: (result, plan) => {
        if (result.status === "committed") this.#watchers.committed(plan.sessionId, result.events);
      },
    });
    this.#log = new LogReader(connection);
    this.#sessions = new SessionReader(connection);
    this.#snapshots = new SnapshotReader(connection);
    this.#history = new HistoryReader(connection);
    this.#outputs = new OutputTable(connection);
    this.#beginRead = connection.prepare("begin");
    this.#endRead = connection.prepare("commit");
    this.#renew = connection.prepare(renewSql);
    this.#retire = connection.prepare(toSql(sqlBuilder.deleteFrom("owner").where("ownerId", "=", "")));
  }

  async commit(plan: CommitPlan): Promise<CommitResult> {
    this.#assertOpen();
    return this.#writer.write(plan).catch((error: unknown) => {
      throw toStoreError(error, this.path);
    });
  }

  head: Store["head"] = (sessionId) => this.#read(() => this.#log.head(sessionId));
  events: Store["events"] = (query) => this.#read(() => this.#log.events(query));
  session: Store["session"] = (sessionId) => this.#read(() => this.#sessions.one(sessionId));
  sessions: Store["sessions"] = (query) => this.#read(() => this.#sessions.list(query));
  snapshot: Store["snapshot"] = (sessionId) => this.#readTogether(() => this.#snapshots.read(sessionId));
  admission: Store["admission"] = (identity) => this.#read(() => this.#log.admission(identity));
  rows: Store["rows"] = (sessionId) => this.#readTogether(() => this.#sessions.rows(sessionId));
  workloads: Store["workloads"] = (query) => this.#readTogether(() => this.#sessions.workloads(query, this.#snapshots));
  blob: Store["blob"] = (hash) => this.#read(() => this.#log.blob(hash));
  readOutput: Store["readOutput"] = (key, window) => this.#readTogether(() => this.#outputs.read(key, window));

  history: Store["history"] = (query) =>
    this.#readTogether(() => {
      const head = this.#log.head(query.sessionId);
      return head === null ? null : this.#history.read(query, head);
    });

  renew: Store["renew"] = (owner) => this.#write(() => void this.#renew.run({ ...owner }));
  retire: Store["retire"] = (ownerId) => this.#write(() => void this.#retire.run(ownerId));
  putOutput: Store["putOutput"] = (key, content) => this.#write(() => this.#outputs.put(key, content));

  watch: Store["watch"] = (sessionId: SessionId, listener) => {
    this.#assertOpen();
    return this.#watchers.watch(sessionId, listener);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    this.#watchers.stop();
    await this.#writer.settled();
    if (this.capabilities.durable) {
      try {
        this.#connection.pragma("wal_checkpoint(truncate)");
      } catch {
        // Another process is reading or writing: its own close or the next checkpoint does it. Nothing is lost meanwhile.
      }
    }
    this.#connection.close();
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new HoldfastError("store.closed", {
      message: `The store ${this.path} was closed. Open it again to use it.`,
      data: { path: this.path },
    });
  }

  async #read<T>(read: () => T): Promise<T> {
    this.#assertOpen();
    try {
      return read();
    } catch (error) {
      throw toStoreError(error, this.path);
    }
  }

  /** Several statements of one moment: a deferred transaction sees one state of the file. */
  #readTogether<T>(read: () => T): Promise<T> {
    return this.#read(() => {
      this.#beginRead.run();
      try {
        return read();
      } finally {
        this.#endRead.run();
      }
    });
  }

  async #write(write: () => void): Promise<void> {
    this.#assertOpen();
    await this.#writer.exclusively(write).catch((error: unknown) => {
      throw toStoreError(error, this.path);
    });
  }
}

const renewSql = `
  insert into owner (ownerId, runtime, host, boot, pidNamespace, pid, startTime, counter)
  values (:ownerId, :runtime, :host, :boot, :pidNamespace, :pid, :startTime, 1)
  on conflict (ownerId) do update set counter = counter + 1`;

import { HoldfastError } from "@holdfast/core";

import { upgraded } from "./commit/assert-not-upgraded.ts";
import { isBusy, sqliteCode, toStoreError } from "./errors.ts";
import { schemaVersion } from "./migrations/migrations.ts";
import { readMinReaderVersion } from "./migrations/store-file.ts";
import { retryWhileBusy } from "./retry-while-busy.ts";

import type { Connection, Statement } from "./driver.ts";

/** Who may use the connection, and as what its errors leave: every read of a store goes through here. */
export class Access {
  readonly #connection: Connection;
  readonly #path: string;
  readonly #busyBudgetMs: number;
  readonly #begin: Statement;
  readonly #end: Statement;
  readonly #userVersion: Statement;
  readonly #again = new Set<Promise<unknown>>();
  #isClosed = false;
  /** Set when another process has made of the file what this code would read wrongly. */
  #upgraded: HoldfastError | undefined;

  constructor(connection: Connection, path: string, busyBudgetMs: number) {
    this.#connection = connection;
    this.#path = path;
    this.#busyBudgetMs = busyBudgetMs;
    this.#begin = connection.prepare("begin");
    this.#end = connection.prepare("commit");
    this.#userVersion = connection.prepare("pragma user_version").pluck();
  }

  /** From now on everything is refused. */
  close(): void {
    this.#isClosed = true;
  }

  /** @throws store.closed */
  assertOpen(): void {
    if (!this.#isClosed) return;
    throw new HoldfastError("store.closed", {
      message: `The store ${this.#path} was closed. Open it again to use it.`,
      data: { path: this.#path },
    });
  }

  async read<T>(read: () => T): Promise<T> {
    this.assertOpen();
    if (this.#upgraded !== undefined) throw this.#upgraded;
    try {
      return read();
    } catch (error) {
      if (!isBusy(error)) throw this.toError(error);
    }
    return this.#readAgain(read);
  }

  /** Resolves when no read waits for another process any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#again);
  }

  // A reader waits for nobody but a process that recovers the log or, as the last one, removes it: rarely, and not for long.
  async #readAgain<T>(read: () => T): Promise<T> {
    const again = retryWhileBusy(read, this.#busyBudgetMs);
    this.#again.add(again);
    try {
      return await again;
    } catch (error) {
      throw this.toError(error);
    } finally {
      this.#again.delete(again);
    }
  }

  /** Several statements of one moment. */
  readTogether<T>(read: () => T): Promise<T> {
    return this.read(() => this.together(read));
  }

  /** The same inside of a read: a deferred transaction sees one state of the file. */
  together<T>(read: () => T): T {
    this.#begin.run();
    try {
      return read();
    } finally {
      // An error of the disk's may have ended it already.
      if (this.#connection.inTransaction) this.#end.run();
    }
  }

  /** An error as it leaves the store. A statement that does not fit the tables any more fails because they were migrated. */
  toError(error: unknown): unknown {
    if (sqliteCode(error) === "SQLITE_ERROR" || sqliteCode(error) === "SQLITE_SCHEMA") this.look();
    return this.#upgraded ?? toStoreError(error, this.#path);
  }

  /** Looks whether another process has upgraded the file past what this code can read. */
  look(): void {
    const version = this.#userVersion.get() as number;
    if (version === schemaVersion || readMinReaderVersion(this.#connection) <= schemaVersion) return;
    this.#upgraded = upgraded(version);
  }
}

import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createCrash, describeStore } from "@holdfast/testkit/contract";
import Database from "better-sqlite3";
import { afterAll } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { holdLock } from "./hold-lock.ts";

import type { Store } from "@holdfast/core/store";
import type { FaultyStore, StoreFaults } from "@holdfast/testkit/contract";
import type { SqliteStoreOptions } from "../src/index.ts";

const inFile = "the same code runs on a file, and is run there";

describeStore("SQLite in memory", {
  create: () => openSqliteStore({ path: ":memory:" }),
  notRun: { crashAt: inFile, makeBusy: "no other can open it", fill: inFile, breakReads: inFile, slowDown: inFile },
});

const folder = mkdtempSync(join(tmpdir(), "holdfast-contract-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const paths = new WeakMap<Store, string>();

const newPath = (): string => {
  count += 1;
  return join(folder, `${count}.db`);
};

const open = async (path: string, options: Omit<SqliteStoreOptions, "path"> = {}): Promise<Store> => {
  const store = await openSqliteStore({ path, ...options });
  paths.set(store, path);
  return store;
};

const pathOf = (store: Store): string => {
  const path = paths.get(store);
  if (path === undefined) throw new Error("expected a store that this file opened");
  return path;
};

/** What is called before each statement on a file: the driver's own methods, so that nothing of the store's is replaced. */
const beforeStatements = new Map<string, (source: string) => void>();
const connections = new Map<string, Database.Database>();

const probe = new Database(":memory:");
const statements = Object.getPrototypeOf(probe.prepare("select 1")) as object;
probe.close();

type Before = (receiver: object, ...args: readonly unknown[]) => void;

const precede = (prototype: object, name: string, before: Before): void => {
  const method = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, name, function (this: object, ...args: unknown[]): unknown {
    before(this, ...args);
    return Reflect.apply(method, this, args);
  });
};

precede(Database.prototype, "prepare", (receiver) => {
  const connection = receiver as Database.Database;
  connections.set(connection.name, connection);
});
precede(Database.prototype, "exec", (receiver, source) => {
  beforeStatements.get((receiver as Database.Database).name)?.(String(source));
});
for (const name of ["run", "get", "all"]) {
  precede(statements, name, (receiver) => {
    const { database, source } = receiver as Database.Statement;
    beforeStatements.get(database.name)?.(source);
  });
}

const connectionTo = (path: string): Database.Database => {
  const connection = connections.get(path);
  if (connection === undefined) throw new Error(`expected a connection to ${path}, found none`);
  return connection;
};

/** What a process leaves on the disk that ends now: the file and its log. The index of the log is made anew. */
const copyOf = (path: string): string => {
  const copy = newPath();
  for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
  return copy;
};

/** A process that ends between any two statements, or at a fault point of the store's. */
const crashAt: NonNullable<StoreFaults["crashAt"]> = async (place) => {
  const path = newPath();
  let left: string | null = null;
  const crash = createCrash(place, () => (left = copyOf(path)));
  const store = await open(path, { faults: crash });
  return {
    store,
    arm: () => {
      beforeStatements.set(path, (source) => {
        // Of whoever watches: it comes with the time, and changes nothing.
        if (source !== "pragma data_version") crash.reach(source);
      });
      crash.arm();
    },
    open: async () => {
      beforeStatements.delete(path);
      crash.end();
      await store[Symbol.asyncDispose]();
      return left === null ? null : open(left);
    },
  };
};

const faulty = async (
  options: Omit<SqliteStoreOptions, "path">,
  begin: (path: string) => () => void,
): Promise<FaultyStore> => {
  const path = newPath();
  const store = await open(path, options);
  return {
    store,
    begin: async () => {
      const end = begin(path);
      return { [Symbol.asyncDispose]: async () => end() };
    },
  };
};

const failing = (path: string): (() => void) => {
  beforeStatements.set(path, () => {
    throw new Database.SqliteError("disk I/O error", "SQLITE_IOERR_READ");
  });
  return () => void beforeStatements.delete(path);
};

const slow = (path: string): (() => void) => {
  beforeStatements.set(path, (source) => {
    if (source === "commit") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
  });
  return () => void beforeStatements.delete(path);
};

const bounded = (path: string): (() => void) => {
  const connection = connectionTo(path);
  connection.pragma(`max_page_count = ${Number(connection.pragma("page_count", { simple: true })) + 30}`);
  return () => connection.pragma("max_page_count = 1000000");
};

const held = (path: string): (() => void) => {
  const lock = holdLock(path);
  return () => lock[Symbol.dispose]();
};

describeStore("SQLite in a file", {
  create: () => open(newPath()),
  reopen: (closed) => open(pathOf(closed)),
  alongside: (other) => open(pathOf(other)),
  faults: {
    crashAt,
    makeBusy: () => faulty({ busyBudgetMs: 150 }, held),
    fill: () => faulty({}, bounded),
    breakReads: () => faulty({}, failing),
    slowDown: () => faulty({}, slow),
  },
});

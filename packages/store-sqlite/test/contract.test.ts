import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describeStore } from "@holdfast/testkit/contract";
import { afterAll } from "vitest";

import { openSqliteStore } from "../src/index.ts";

import type { Store } from "@holdfast/core/store";

describeStore("SQLite in memory", { create: () => openSqliteStore({ path: ":memory:" }) });

const folder = mkdtempSync(join(tmpdir(), "holdfast-contract-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const paths = new WeakMap<Store, string>();

const open = async (path: string): Promise<Store> => {
  const store = await openSqliteStore({ path });
  paths.set(store, path);
  return store;
};

const pathOf = (store: Store): string => {
  const path = paths.get(store);
  if (path === undefined) throw new Error("expected a store that this file opened");
  return path;
};

describeStore("SQLite in a file", {
  create: () => {
    count += 1;
    return open(join(folder, `${count}.db`));
  },
  reopen: (closed) => open(pathOf(closed)),
  alongside: (other) => open(pathOf(other)),
});

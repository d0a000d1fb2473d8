import { createDrafts } from "@holdfast/testkit";
import { afterEach, expect, it, vi } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { writeTurns } from "./write-turns.ts";

import type { Store } from "@holdfast/core/store";

const d = createDrafts("once");

const readAll = async (store: Store): Promise<void> => {
  const { sessionId } = d;
  await store.head(sessionId);
  await store.session(sessionId);
  await store.snapshot(sessionId);
  await store.events({ sessionId, after: 3, limit: 500 });
  await store.admission({ messageId: d.inputId });
  await store.asks({ sessionId, callId: d.callId, limit: 10 });
};

afterEach(() => {
  vi.unstubAllGlobals();
});

// The driver makes a function for a statement's rows whenever SQLite has prepared the statement anew, and by nothing else can that be told.
it("a statement that was prepared once is not prepared anew by SQLite for the next read", async () => {
  await using store = await openSqliteStore({ path: ":memory:" });
  await writeTurns(store, d, [1, 2]);
  const Original = globalThis.Function;
  let made = 0;
  vi.stubGlobal("Function", (...parts: string[]) => {
    made += 1;
    return Original(...parts);
  });
  await readAll(store);
  expect(made).toBeGreaterThan(0);
  made = 0;
  await readAll(store);
  expect(made).toBe(0);
});

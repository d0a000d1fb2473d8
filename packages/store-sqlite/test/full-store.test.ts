import { verifySession } from "@holdfast/core/store";
import { admitPlan, createDrafts, createPlan, sha256 } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it, vi } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Opens a store and gets at its connection, to bound the file: the bound is the connection's and not the file's. */
const openBounded = async (path: string) => {
  const prepared = vi.spyOn(Database.prototype, "prepare");
  try {
    const store = await openSqliteStore({ path });
    const connection = prepared.mock.contexts[0] as Database.Database;
    return {
      store,
      bound: (pages: number) => connection.pragma(`max_page_count = ${pages}`),
      pages: () => Number(connection.pragma("page_count", { simple: true })),
    };
  } finally {
    prepared.mockRestore();
  }
};

describe("a full store", () => {
  it("refuses what does not fit, keeps what was acknowledged, and goes on when there is room", async () => {
    using folder = temporaryFolder();
    const { store: opened, bound, pages } = await openBounded(folder.join("full.db"));
    await using store = opened;
    const d = createDrafts("full");
    await store.commit(createPlan(d));
    bound(pages() + 10);
    const long = "x".repeat(3_000);
    const plans = Array.from({ length: 100 }, (_, turn) => admitPlan(d.turn(turn + 1), { text: long }));
    let accepted = 0;
    let error: unknown;
    for (const plan of plans) {
      error = await store.commit(plan).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error !== undefined) break;
      accepted += 1;
    }
    expect(error).toMatchObject({
      code: "store.full",
      retryable: true,
      message: expect.stringContaining("full.db") as string,
      data: { sqlite: "SQLITE_FULL" },
    });
    expect(accepted).toBeGreaterThan(0);
    expect(await verifySession(store, d.sessionId, sha256)).toEqual({
      events: accepted + 1,
      chain: [],
      projections: [],
    });
    expect(await store.admission({ messageId: d.turn(accepted + 1).inputId })).toBeNull();

    bound(1_000_000);
    for (const plan of plans) await store.commit(plan);
    expect(await verifySession(store, d.sessionId, sha256)).toEqual({ events: 101, chain: [], projections: [] });
  });

  it("refuses of commits at once only those that do not fit", async () => {
    using folder = temporaryFolder();
    const { store: opened, bound, pages } = await openBounded(folder.join("full.db"));
    await using store = opened;
    const d = createDrafts("full");
    await store.commit(createPlan(d));
    bound(pages() + 6);
    const texts = Array.from({ length: 20 }, (_, index) => (index === 7 ? "x".repeat(200_000) : "short"));
    const results = await Promise.allSettled(
      texts.map((text, index) => store.commit(admitPlan(d.turn(index + 1), { text }))),
    );
    expect(results.flatMap(({ status }, index) => (status === "rejected" ? [index] : []))).toEqual([7]);
    expect(results[7]).toMatchObject({ reason: { code: "store.full" } });
    expect(await verifySession(store, d.sessionId, sha256)).toEqual({ events: 20, chain: [], projections: [] });
  });

  it("refuses an output that does not fit, and keeps the one before", async () => {
    using folder = temporaryFolder();
    const { store: opened, bound, pages } = await openBounded(folder.join("full.db"));
    await using store = opened;
    const { sessionId, callId } = createDrafts("full");
    const key = { sessionId, callId, attempt: 1 };
    await store.putOutput(key, Uint8Array.of(1, 2, 3));
    bound(pages() + 4);
    await expect(store.putOutput(key, new Uint8Array(1_000_000))).rejects.toMatchObject({ code: "store.full" });
    expect(await store.readOutput(key, { offset: 0, limit: 10 })).toMatchObject({ bytes: Uint8Array.of(1, 2, 3) });
  });
});

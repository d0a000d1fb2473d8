import { createDrafts, createPlan } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";

const d = createDrafts("pages");
const key = { sessionId: d.sessionId, callId: d.callId, attempt: 1 };

const begin = async () => {
  const store = await openSqliteStore({ path: ":memory:" });
  await store.commit(createPlan(d));
  return store;
};

describe("a page", () => {
  it.each([0, -1, 1.5, Number.NaN, Infinity])("of %d is refused", async (limit) => {
    await using store = await begin();
    const { sessionId } = d;
    const pages = [
      store.events({ sessionId, after: -1, limit }),
      store.history({ sessionId, after: -1, limit }),
      store.sessions({ limit }),
      store.workloads({ runtime: "r", limit }),
    ];
    for (const page of pages) await expect(page).rejects.toMatchObject({ code: "argument.invalid" });
  });

  it.each([0.5, Number.NaN, Infinity])("after %d, or of an output from there, is refused", async (after) => {
    await using store = await begin();
    await store.putOutput(key, Uint8Array.of(1));
    const { sessionId } = d;
    const pages = [
      store.events({ sessionId, after, limit: 1 }),
      store.history({ sessionId, after, limit: 1 }),
      store.readOutput(key, { offset: after, limit: 1 }),
      store.readOutput(key, { offset: 0, limit: after }),
    ];
    for (const page of pages) await expect(page).rejects.toMatchObject({ code: "argument.invalid" });
  });
});

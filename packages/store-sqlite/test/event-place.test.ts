import { createDrafts, createPlan } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { endOf, placeAfter, placeOf } from "../src/event-place.ts";
import { openSqliteStore } from "../src/index.ts";

const most = 67_108_863;

describe("the place of an event", () => {
  it("is one of its session's alone, in the order of seqs", () => {
    expect([placeOf(1, 0), placeOf(1, 1), placeOf(1, most), placeOf(2, 0)]).toEqual([
      67_108_864, 67_108_865, 134_217_727, 134_217_728,
    ]);
    expect(placeOf(2 ** 27 - 1, most)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("is refused where the session has no more", () => {
    expect(() => placeOf(1, most + 1)).toThrowError(expect.objectContaining({ code: "store.full" }));
  });

  it.each([-1, 0, most, most + 1, 1e15, Number.MAX_SAFE_INTEGER])("after %d is none of another session's", (seq) => {
    expect(placeAfter(3, seq)).toBeGreaterThanOrEqual(placeOf(3, 0) - 1);
    expect(placeAfter(3, seq)).toBeLessThan(endOf(3));
  });

  it.each([most, most + 1, Number.MAX_SAFE_INTEGER])(
    "a page after %d holds nothing of the next session",
    async (after) => {
      await using store = await openSqliteStore({ path: ":memory:" });
      const [first, second] = [createDrafts("first"), createDrafts("second")];
      await store.commit(createPlan(first));
      await store.commit(createPlan(second));
      expect(await store.events({ sessionId: first.sessionId, after, limit: 10 })).toEqual([]);
      expect(await store.events({ sessionId: first.sessionId, after: -1, limit: 10 })).toHaveLength(1);
    },
  );
});

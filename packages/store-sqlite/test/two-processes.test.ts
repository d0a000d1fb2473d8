import { storeIdSchema } from "@holdfast/core";
import { verifySession } from "@holdfast/core/store";
import { createDrafts, createPlan, sha256 } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { startFixture } from "./start-fixture.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { SealedEnvelope } from "@holdfast/core/event";
import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

const readLog = async (store: Store, sessionId: SessionId) => {
  const first = await store.events({ sessionId, after: -1, limit: 500 });
  return [...first, ...(await store.events({ sessionId, after: 499, limit: 500 }))];
};

const messageIds = (log: readonly SealedEnvelope[]) => log.slice(1).map(({ data }) => data["messageId"] as string);

/** Reads while others commit, until the session has so many events: each read is of one moment, which its head tells. */
const expectMoments = async (store: Store, sessionId: SessionId, events: number): Promise<void> => {
  for (let end = 0; end < events - 1;) {
    const snapshot = await store.snapshot(sessionId);
    end = snapshot?.head.seq ?? 0;
    expect(snapshot?.inputs.map(({ seq }) => seq)).toEqual(range(1, end + 1));
    const history = await store.history({ sessionId, after: -1, limit: 200 });
    expect(history).toMatchObject({ messages: [], events: [] });
    expect(history?.head.seq).toBeGreaterThanOrEqual(end);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe("several processes", () => {
  it("20 that open one new file at once all open it, and agree whose it is", { timeout: 60_000 }, async () => {
    using folder = temporaryFolder();
    const path = folder.join("new.db");
    const children = range(0, 20).map(() => startFixture("open-once", [path]));
    await Promise.all(children.map(({ ready }) => ready));
    for (const { go } of children) go();
    const answers = await Promise.all(children.map(({ ended }) => ended));
    await using store = await openSqliteStore({ path });
    expect(storeIdSchema.safeParse(store.storeId).success).toBe(true);
    expect(answers).toEqual(answers.map(() => ({ storeId: store.storeId })));
  });

  it(
    "two that commit 200 inputs each, to one session each and to one of both, leave no gap",
    { timeout: 60_000 },
    async () => {
      using folder = temporaryFolder();
      const path = folder.join("both.db");
      await using store = await openSqliteStore({ path });
      const [left, right, shared] = [createDrafts("left"), createDrafts("right"), createDrafts("shared")];
      for (const drafts of [left, right, shared]) await store.commit(createPlan(drafts));
      const heard: unknown[] = [];
      using _ = store.watch(shared.sessionId, (committed) => heard.push(committed));

      const children = ["left", "right"].map((seed) => startFixture("commit-events", [path, seed, "shared", "200"]));
      await Promise.all(children.map(({ ready }) => ready));
      for (const { go } of children) go();
      await expectMoments(store, shared.sessionId, 401);
      const answers = (await Promise.all(children.map(({ ended }) => ended))) as { own: number[]; shared: number[] }[];

      expect(answers.map(({ own }) => own)).toEqual([range(1, 201), range(1, 201)]);
      // Every process was told seqs of its own, and together they are all.
      expect(answers.flatMap((answer) => answer.shared).toSorted((a, b) => a - b)).toEqual(range(1, 401));
      for (const [index, drafts] of [left, right].entries()) {
        const log = await readLog(store, drafts.sessionId);
        expect(messageIds(log)).toEqual(range(1, 201).map((turn) => drafts.turn(turn).inputId));
        const places = messageIds(await readLog(store, shared.sessionId))
          .map((messageId, place) => ({ messageId, seq: place + 1 }))
          .filter(({ messageId }) => messageId.startsWith(`msg_${index === 0 ? "left" : "right"}`));
        expect(places.map(({ messageId }) => messageId)).toEqual(
          range(1, 201).map((turn) => drafts.turn(turn + 10_000).inputId),
        );
        expect(places.map(({ seq }) => seq)).toEqual(answers[index]?.shared);
      }
      for (const { sessionId } of [left, right, shared]) {
        const events = sessionId === shared.sessionId ? 401 : 201;
        expect(await verifySession(store, sessionId, sha256)).toEqual({ events, chain: [], projections: [] });
      }
      await expect.poll(() => heard.length).toBeGreaterThan(0);
      expect(heard.every((committed) => committed === null)).toBe(true);
    },
  );
});

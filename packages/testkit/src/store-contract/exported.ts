import { forkEvents } from "@holdfast/core/session";
import { exportLines, importLines, verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { createMemoryStore } from "../memory-store/memory-store.ts";
import { createSeededIds } from "../seeded-ids.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { commitAll } from "./conversation.ts";
import { readMessages } from "./fold.ts";
import { commitLong, pruneUntil, turnPlans } from "./prunes.ts";
import { expectCode } from "./refused.ts";
import { readLog } from "./whole-session.ts";

import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const intact = { chain: [], projections: [] };
const d = createDrafts("exp");
const { sessionId } = d;
const hash = sha256;
const output = Uint8Array.from({ length: 500_000 }, (_, index) => (index * 7) % 256);
const key = { sessionId, callId: d.turn(30).callId, attempt: 1 };

const allLines = async (store: Store): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const line of exportLines(store, sessionId, hash)) lines.push(line);
  return lines;
};

/** A long conversation, whose last call has an output. */
const grown = async (store: Store): Promise<Store> => {
  await commitLong(store, d);
  const next = d.turn(30);
  const reference = `tool-output://${sessionId}/${key.callId}/1`;
  await commitAll(store, [
    admitPlan(next),
    startPlan(next, [next.promoted(), next.stepStarted()], { owner: null, fence: 8, counter: null }),
    ownerPlan(next, [next.attemptStarted(), next.called(), next.begun(), next.attemptEnded()], 9),
    ownerPlan(next, [next.settled({ outcome: { status: "completed", content: "…", output: reference } })], 9),
    ownerPlan(next, [next.stepEnded()], 9),
    endPlan(next, { owner: d.ownerId, fence: 9 }),
  ]);
  await store.putOutput(key, output);
  return store;
};

/** The store, but for some of its methods. */
const detoured = (store: Store, detours: Partial<Store>): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(detours, name) ?? Reflect.get(target, name, target);
      return typeof member === "function"
        ? (...args: unknown[]): unknown => Reflect.apply(member, target, args)
        : member;
    },
  });

/** What an export says, without where it was made and the chain over it. */
const said = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/^\{"chain":"\w+"/, "").replace(/"storeId":"\w+"/, ""));

/** Law 17, through exports. */
export const describeExported = (subject: StoreSubject): void => {
  describe("export", () => {
    it.each([null, 60, Infinity])(
      "law 17 imported: exported with floor %s, imported elsewhere and back, it is the same byte for byte",
      async (floor) => {
        await using store = await grown(await subject.create());
        if (floor !== null) await pruneUntil(store, sessionId, floor);
        await using there = createMemoryStore();
        await using back = await subject.create();
        const lines = await allLines(store);
        const log = await readLog(store, sessionId);
        const taken = { status: "imported", sessionId, added: log.length, duplicates: 0, outputs: 1 };
        expect(await importLines(there, lines, { hash })).toMatchObject(taken);
        expect(await importLines(back, exportLines(there, sessionId, hash), { hash })).toMatchObject(taken);
        expect(said(await allLines(there))).toEqual(said(lines));
        expect(said(await allLines(back))).toEqual(said(lines));
        expect(await readLog(back, sessionId)).toEqual(log);
        expect(await back.rows(sessionId)).toEqual(await store.rows(sessionId));
        expect(await back.floor(sessionId)).toEqual(await store.floor(sessionId));
        expect(await readMessages(back, sessionId, 2)).toEqual(await readMessages(store, sessionId));
        for (const each of [there, back]) expect(await verifySession(each, sessionId, hash)).toMatchObject(intact);
        expect(await back.readOutput(key, { offset: 0, limit: output.length })).toMatchObject({ bytes: output });
        const known = { sessionId, idempotencyKey: "key 1" };
        expect(await back.admission(known)).toEqual(await store.admission(known));
        expect((await back.snapshot(sessionId))?.claim).toMatchObject({ owner: null, fence: 9 });
      },
    );

    it("law 17 imported: the same lines again are duplicates, and bring no output twice", async () => {
      await using store = await subject.create();
      const lines = await allLines(await grown(createMemoryStore()));
      await importLines(store, lines, { hash, replayOwner: "a" });
      expect(await importLines(store, [...lines, ""], { hash, replayOwner: "a" })).toMatchObject({
        added: 0,
        outputs: 0,
      });
      expect(await importLines(store, lines, { hash, replayOwner: "b" })).toMatchObject({
        status: "skipped",
        outputs: 0,
      });
      const strict = importLines(store, lines, { hash, replayOwner: "b", strict: true });
      await expect(strict).rejects.toMatchObject({ code: "import.owner" });
    });

    it("law 17 imported: a pruned export is duplicates to a replica that was pruned there, and continues it", async () => {
      await using store = await subject.create();
      const origin = await grown(createMemoryStore());
      await pruneUntil(origin, sessionId);
      await importLines(store, await allLines(origin), { hash });
      await origin.commit(admitPlan(d.turn(31)));
      expect(await importLines(store, await allLines(origin), { hash })).toMatchObject({ added: 1, duplicates: 0 });
      expect(await verifySession(store, sessionId, hash)).toMatchObject(intact);
    });

    it("law 17 imported: one changed byte in any line is refused, located, and changes nothing", async () => {
      await using store = await subject.create();
      const origin = await grown(createMemoryStore());
      await pruneUntil(origin, sessionId, 60);
      const lines = await allLines(origin);
      for (const [index, line] of lines.entries()) {
        const at = (index * 37) % Math.min(line.length, 400);
        const other = line[at] === "x" ? "y" : "x";
        const changed = lines.with(index, line.slice(0, at) + other + line.slice(at + 1));
        const work = importLines(store, changed, { hash });
        await expect(work).rejects.toMatchObject({ code: "import.malformed", data: { line: index + 1 } });
        const missing = importLines(store, lines.toSpliced(index, 1), { hash });
        await expect(missing).rejects.toMatchObject({ code: "import.malformed" });
      }
      expect(await store.sessions({ limit: 10 })).toEqual([]);
      expect(await store.head(sessionId)).toBeNull();
    });

    it("law 17 imported: a fork is a session of its own, and its source goes on as before", async () => {
      await using store = await grown(await subject.create());
      const source = await readLog(store, sessionId);
      const fork = createDrafts("fork").sessionId;
      const ids = createSeededIds(1);
      const target = { sessionId: fork, time: 5, nextId: () => ids.next("evt"), hash };
      const events = forkEvents(source, target);
      await store.import({ sessionId: fork, events, as: "native" });
      const log = await readLog(store, fork);
      const last = source.at(-1);
      expect(log[0]?.data["forkedFrom"]).toEqual({ sessionId, seq: last?.seq, hash: last?.hash });
      expect(log.map(({ type, seq }) => `${seq} ${type}`)).toEqual(source.map(({ type, seq }) => `${seq} ${type}`));
      expect(await readMessages(store, fork)).toEqual(await readMessages(store, sessionId));
      for (const id of [fork, sessionId]) expect(await verifySession(store, id, hash)).toMatchObject(intact);
      expect(await store.admission({ messageId: d.inputId })).toMatchObject({ sessionId });
      expect(await store.admission({ sessionId: fork, idempotencyKey: "key 1" })).toBeNull();
      expect(await store.commit({ ...admitPlan(createDrafts("fork")), sessionId: fork })).toMatchObject({
        status: "committed",
      });
      await pruneUntil(store, sessionId);
      expect(await readMessages(store, fork)).toEqual(await readMessages(store, sessionId));
    });

    it("law 17 imported: what is removed while a session is exported makes no export that is not whole", async () => {
      await using store = await grown(await subject.create());
      const exporting = async (detours: Partial<Store>): Promise<readonly string[]> => {
        const lines: string[] = [];
        for await (const line of exportLines(detoured(store, detours), sessionId, hash)) lines.push(line);
        return lines;
      };
      const readOutput: Store["readOutput"] = async (which, window) =>
        window.offset > 0 ? null : store.readOutput(which, window);
      await expectCode(exporting({ readOutput }), "store.sequence-conflict");
      const changing: Store["readOutput"] = async (which, window) => {
        const page = await store.readOutput(which, window);
        return page === null || window.offset === 0 ? page : { ...page, size: page.size + 1 };
      };
      await expectCode(exporting({ readOutput: changing }), "store.sequence-conflict");
      expect((await exporting({ readOutput: async () => null })).at(-1)).toContain('"outputs":0');
      await pruneUntil(store, sessionId);
      let isDone = false;
      const history: Store["history"] = async (query) => {
        if (!isDone) {
          isDone = true;
          await commitAll(store, turnPlans(d.turn(41), 10));
          await pruneUntil(store, sessionId);
        }
        return store.history(query);
      };
      await expectCode(exporting({ history }), "store.sequence-conflict");
    });

    it("law 17 imported: a session that was only created can be exported, imported and forked", async () => {
      await using store = await subject.create();
      await using there = createMemoryStore();
      await there.commit(createPlan(d));
      await importLines(store, exportLines(there, sessionId, hash), { hash });
      expect(await readLog(store, sessionId)).toEqual(await readLog(there, sessionId));
    });
  });
};

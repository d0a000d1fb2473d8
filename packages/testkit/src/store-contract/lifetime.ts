import { storeIdSchema } from "@holdfast/core";
import { RowSet } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { recordOf } from "./claim-plans.ts";
import { itReopens } from "./needs.ts";
import { expectCode } from "./refused.ts";
import { readLog } from "./whole-session.ts";

import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const d = createDrafts("life");
const { sessionId, callId, ownerId, inputId } = d;
const key = { sessionId, callId, attempt: 1 };

const hash = "0".repeat(64);
const rows = new RowSet(sessionId).snapshot();
const prunePlan = {
  floor: { sessionId, seq: 1, hash, fence: 1, messagesHash: hash, rows },
  expected: null,
  messages: [],
};

type Method = Exclude<keyof Store, "storeId" | "capabilities" | typeof Symbol.asyncDispose>;

/** A call of every method; a method that the contract gains must come in here too. */
const calls: { readonly [M in Method]: (store: Store) => unknown } = {
  commit: (store) => store.commit(createPlan(d)),
  import: (store) => store.import({ sessionId, events: [], as: "replica" }),
  prune: (store) => store.prune(prunePlan),
  floor: (store) => store.floor(sessionId),
  head: (store) => store.head(sessionId),
  events: (store) => store.events({ sessionId, after: -1, limit: 1 }),
  session: (store) => store.session(sessionId),
  sessions: (store) => store.sessions({ limit: 1 }),
  snapshot: (store) => store.snapshot(sessionId),
  history: (store) => store.history({ sessionId, after: -1, limit: 1 }),
  input: (store) => store.input({ sessionId, messageId: inputId }),
  admission: (store) => store.admission({ messageId: inputId }),
  withdrawn: (store) => store.withdrawn({ sessionId, after: -1, limit: 1 }),
  rows: (store) => store.rows(sessionId),
  asks: (store) => store.asks({ limit: 1 }),
  todo: (store) => store.todo(sessionId),
  approvals: (store) => store.approvals({ project: "/srv/project" }),
  revoke: (store) => store.revoke({ project: "/srv/project", action: "a", resource: "*", agent: null }),
  renew: (store) => store.renew(recordOf(ownerId)),
  retire: (store) => store.retire(ownerId),
  workloads: (store) => store.workloads({ runtime: "test", limit: 1 }),
  blob: (store) => store.blob("0".repeat(64)),
  putOutput: (store) => store.putOutput(key, new Uint8Array(1)),
  readOutput: (store) => store.readOutput(key, { offset: 0, limit: 1 }),
  watch: (store) => store.watch(sessionId, () => {}),
};

/** Law 15, and what a store says of itself. */
export const describeLifetime = (subject: StoreSubject): void => {
  describe("lifetime", () => {
    it("says of itself what the subject can show", async () => {
      await using store = await subject.create();
      expect(store.capabilities).toEqual({
        durable: subject.reopen !== undefined,
        multiProcess: subject.alongside !== undefined,
      });
    });

    it("has an identity of its own", async () => {
      await using one = await subject.create();
      await using two = await subject.create();
      expect(storeIdSchema.safeParse(one.storeId).success).toBe(true);
      expect(one.storeId).not.toBe(two.storeId);
    });

    it.each(Object.entries(calls))("law 15 closed: %s is refused after disposal", async (name, call) => {
      const store = await subject.create();
      await store[Symbol.asyncDispose]();
      // `watch` alone is synchronous: it throws what the others reject with.
      if (name === "watch") expect(() => call(store)).toThrow(expect.objectContaining({ code: "store.closed" }));
      else await expectCode(Promise.resolve(call(store)), "store.closed");
    });

    it("law 15 closed: disposing twice is disposing once, also at once", async () => {
      const store = await subject.create();
      await store.commit(createPlan(d));
      await Promise.all([store[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
      await store[Symbol.asyncDispose]();
      await expectCode(store.head(sessionId), "store.closed");
    });

    it("law 15 closed: a call after disposal began is refused, though the disposal is not done", async () => {
      const store = await subject.create();
      await store.commit(createPlan(d));
      const disposing = store[Symbol.asyncDispose]();
      await expectCode(store.commit(admitPlan(d)), "store.closed");
      await disposing;
    });

    it("law 15 closed: what was begun before disposal is done, and answered", async () => {
      const store = await subject.create();
      await store.commit(createPlan(d));
      const commits = Array.from({ length: 100 }, (_, n) => store.commit(admitPlan(d.turn(n))));
      const others = [store.renew(recordOf(ownerId)), store.putOutput(key, new Uint8Array(3)), store.retire(ownerId)];
      await store[Symbol.asyncDispose]();
      const results = await Promise.all(commits);
      expect(results.map(({ head }) => head.seq)).toEqual(commits.map((_, index) => index + 1));
      await Promise.all(others);
    });

    it("law 15 closed: a watch may be disposed of after its store, and before", async () => {
      const store = await subject.create();
      await store.commit(createPlan(d));
      const [early, late] = [store.watch(sessionId, () => {}), store.watch(sessionId, () => {})];
      early[Symbol.dispose]();
      await store[Symbol.asyncDispose]();
      late[Symbol.dispose]();
      early[Symbol.dispose]();
    });

    itReopens(subject, "law 15 closed: what was answered before disposal is there when opened anew", async (reopen) => {
      const first = await subject.create();
      await first.commit(createPlan(d));
      const commits = Array.from({ length: 100 }, (_, n) => first.commit(admitPlan(d.turn(n))));
      await first[Symbol.asyncDispose]();
      await Promise.all(commits);
      await using second = await reopen(first);
      expect(second.storeId).toBe(first.storeId);
      expect(second.capabilities).toEqual(first.capabilities);
      expect(await readLog(second, sessionId)).toHaveLength(101);
    });
  });
};

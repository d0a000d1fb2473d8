import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { approvalOf } from "./conversation.ts";
import { describe, it } from "./kit-case.ts";
import { itReopens } from "./needs.ts";
import { expectRefused } from "./refused.ts";

import type { EventDraft } from "@holdfast/core/event";
import type { AskQuery, AskRow, CommitPlan, Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreSubject } from "./store-subject.ts";

const project = "/srv/project";

const ask = (d: Drafts, turn: number, callId = d.callId): EventDraft =>
  d.askOpened({ askId: d.turn(turn).askId, callId, identity: String(turn).padStart(64, "0") });

const answer = (d: Drafts, turn: number): CommitPlan => {
  const { askId } = d.turn(turn);
  const identity = String(turn).padStart(64, "0");
  return { sessionId: d.sessionId, events: [d.askAnswered({ askId, identity })] };
};

/** A session whose two calls are asked about: `asks` of the first one, and one of the second. */
const begin = async (store: Store, d: Drafts, asks: number): Promise<void> => {
  await store.commit(createPlan(d));
  await askAbout(store, d, asks);
};

const askAbout = async (store: Store, d: Drafts, asks: number): Promise<void> => {
  const second = d.turn(2).callId;
  const ofFirst = Array.from({ length: asks }, (_, index) => ask(d, index + 1));
  await store.commit(admitPlan(d));
  const calls = [d.called(), d.called({ callId: second, position: 2 })];
  await store.commit(startPlan(d, [d.promoted(), d.stepStarted(), d.attemptStarted(), ...calls]));
  await store.commit(ownerPlan(d, [...ofFirst, ask(d, 900, second)]));
};

const namesOf = (asks: readonly AskRow[]): readonly string[] => asks.map(({ askId }) => askId);

const allOf = async (store: Store, query: Omit<AskQuery, "limit" | "after">, limit: number): Promise<AskRow[]> => {
  const found: AskRow[] = [];
  for (;;) {
    const last = found.at(-1);
    const page = await store.asks({ ...query, limit, ...(last === undefined ? {} : { after: last }) });
    found.push(...page);
    if (page.length < limit) return found;
    expect(found.length).toBeLessThan(1_000);
  }
};

/** Law 21. */
export const describeAsked = (subject: StoreSubject): void => {
  const d = createDrafts("asked");

  describe("asks", () => {
    it("law 21 asked: asks are found by session, call and state, in the order in which they were opened", async () => {
      await using store = await subject.create();
      await begin(store, d, 3);
      await begin(store, createDrafts("other"), 1);
      await store.commit(answer(d, 2));
      await store.commit({ sessionId: d.sessionId, events: [d.askExpired({ askId: d.turn(3).askId })] });
      const { sessionId } = d;
      const [one, two, three, last] = [1, 2, 3, 900].map((turn) => d.turn(turn).askId);
      const found = async (query: Omit<AskQuery, "limit">) => namesOf(await store.asks({ ...query, limit: 10 }));
      expect(await found({ sessionId })).toEqual([one, two, three, last]);
      expect(await found({ sessionId, state: "open" })).toEqual([one, last]);
      expect(await found({ sessionId, state: "answered" })).toEqual([two]);
      expect(await found({ sessionId, state: "expired" })).toEqual([three]);
      expect(await found({ sessionId, callId: d.callId })).toEqual([one, two, three]);
      expect(await found({ sessionId, callId: d.turn(2).callId, state: "open" })).toEqual([last]);
      expect(await found({ sessionId, callId: d.turn(77).callId })).toEqual([]);
      expect(await found({ sessionId: createDrafts("nobody").sessionId })).toEqual([]);
    });

    it("law 21 asked: asks are found by ID, and by what was shown, alone and with every other filter", async () => {
      await using store = await subject.create();
      const other = createDrafts("other");
      await begin(store, d, 3);
      await begin(store, other, 3);
      await store.commit(answer(d, 2));
      const { sessionId } = d;
      const found = async (query: Omit<AskQuery, "limit">) => namesOf(await store.asks({ ...query, limit: 10 }));
      const [one, two] = [d.turn(1).askId, d.turn(2).askId];
      const [shown, answered] = ["1", "2"].map((digit) => digit.padStart(64, "0")) as [string, string];
      expect(await found({ sessionId, askId: two })).toEqual([two]);
      expect(await found({ askId: two })).toEqual([two]);
      expect(await found({ askId: two, state: "open" })).toEqual([]);
      expect(await found({ sessionId: other.sessionId, askId: two })).toEqual([]);
      expect(await found({ askId: d.turn(77).askId })).toEqual([]);
      expect(await found({ sessionId, identity: answered })).toEqual([two]);
      expect(await found({ sessionId, identity: answered, state: "open" })).toEqual([]);
      expect(await found({ sessionId, identity: shown, callId: d.callId, state: "open" })).toEqual([one]);
      expect(await found({ sessionId, identity: shown, callId: d.turn(2).callId })).toEqual([]);
      expect(await found({ sessionId, identity: shown, askId: two })).toEqual([]);
      expect(new Set(await found({ identity: shown }))).toEqual(new Set([one, other.askId]));
      const after = { sessionId, seq: 0 };
      expect(
        await found({ sessionId, rootId: sessionId, callId: d.callId, askId: one, identity: shown, after }),
      ).toEqual([one]);
    });

    it("law 21 asked: asks are what the rows and the snapshot say", async () => {
      await using store = await subject.create();
      await begin(store, d, 3);
      await store.commit(answer(d, 2));
      const { sessionId } = d;
      const asks = await store.asks({ sessionId, limit: 10 });
      const byId = asks.toSorted((left, right) => (left.askId < right.askId ? -1 : 1));
      expect((await store.rows(sessionId)).ask).toEqual(byId);
      expect((await store.snapshot(sessionId))?.asks).toEqual(asks.filter(({ state }) => state === "open"));
      expect(asks[1]).toEqual({
        sessionId,
        askId: d.turn(2).askId,
        executionId: d.executionId,
        callId: d.callId,
        kind: "permission",
        identity: "2".padStart(64, "0"),
        state: "answered",
        seq: 9,
        closedSeq: 12,
        expires: null,
      });
    });

    it("law 21 asked: asks of a family are those of its root and of every session beneath", async () => {
      await using store = await subject.create();
      const [root, child, other] = [d, createDrafts("aachild"), createDrafts("other")];
      await begin(store, root, 1);
      await store.commit(createPlan(child, { parentId: root.sessionId, rootId: root.sessionId }));
      await askAbout(store, child, 1);
      await begin(store, other, 1);
      await store.commit(answer(root, 1));
      const query = { rootId: root.sessionId, limit: 10 };
      const mine = [child.askId, child.turn(900).askId, root.askId, root.turn(900).askId];
      expect(namesOf(await store.asks(query))).toEqual(mine);
      expect(namesOf(await store.asks({ ...query, state: "open" }))).toEqual([mine[0], mine[1], mine[3]]);
      expect(namesOf(await store.asks({ ...query, sessionId: child.sessionId }))).toEqual([mine[0], mine[1]]);
      expect(await store.asks({ ...query, sessionId: other.sessionId })).toEqual([]);
      expect(await store.asks({ ...query, rootId: child.sessionId })).toEqual([]);
    });

    it.each([1, 2, 3, 200])("law 21 asked: pages of %i asks are all of them, once each", async (limit) => {
      await using store = await subject.create();
      const all = ["paged", "pagea", "pagez"].map((seed) => createDrafts(seed));
      for (const one of all) await begin(store, one, 4);
      const whole = await store.asks({ limit: 200 });
      expect(whole).toHaveLength(15);
      expect(whole.map(({ sessionId }) => sessionId)).toEqual(whole.map(({ sessionId }) => sessionId).toSorted());
      for (const query of [{}, { state: "open" }, { sessionId: all[0]?.sessionId ?? d.sessionId }] as const) {
        const once = await store.asks({ ...query, limit: 200 });
        expect(await allOf(store, query, limit)).toEqual(once);
      }
    });

    it("law 21 asked: a page holds at most 200 asks", async () => {
      await using store = await subject.create();
      await begin(store, d, 201);
      expect(await store.asks({ limit: 1_000 })).toHaveLength(200);
    });

    it("law 21 asked: an approval is saved with its answer, and found by its project, oldest first", async () => {
      await using store = await subject.create();
      await begin(store, d, 3);
      const later = approvalOf(d, { resource: "src/**", time: 1_767_225_600_002 });
      const first = approvalOf(d, { agent: "plan", time: 1_767_225_600_001 });
      const elsewhere = approvalOf(d, { project: "/srv/other" });
      // Of one time, as those of one answer are: by what they are for.
      const beside = approvalOf(d, { resource: "lib/**", time: later.time });
      await store.commit({ ...answer(d, 1), approvals: [later, beside] });
      await store.commit({ ...answer(d, 2), approvals: [first, elsewhere] });
      expect(await store.approvals({ project })).toEqual([first, beside, later]);
      expect(await store.approvals({ project: "/srv/other" })).toEqual([elsewhere]);
      expect(await store.approvals({ project: "/srv" })).toEqual([]);
    });

    it("law 21 asked: of two approvals of one key the first stays, and for each agent there may be one", async () => {
      await using store = await subject.create();
      await begin(store, d, 3);
      const [first, again] = [approvalOf(d), approvalOf(d, { askId: d.turn(2).askId, time: 1_767_225_600_009 })];
      const agent = approvalOf(d, { agent: "plan", time: 1_767_225_600_001 });
      await store.commit({ ...answer(d, 1), approvals: [first] });
      await store.commit({ ...answer(d, 2), approvals: [again, agent] });
      expect(await store.approvals({ project })).toEqual([first, agent]);
    });

    it("law 21 asked: a plan that is refused saves no approval", async () => {
      await using store = await subject.create();
      await begin(store, d, 1);
      await store.commit(answer(d, 1));
      await expectRefused(store, { ...answer(d, 1), approvals: [approvalOf(d)] }, "store.condition-failed");
      const [event] = answer(d, 900).events;
      const plan = {
        sessionId: d.sessionId,
        events: [...(event === undefined ? [] : [event]), d.begun({ attempt: 7 })],
      };
      const fence = { owner: d.ownerId, fence: 1 };
      await expectRefused(store, { ...plan, fence, approvals: [approvalOf(d)] }, "store.condition-failed");
      expect(await store.approvals({ project })).toEqual([]);
    });

    it("law 21 asked: a replayed admission saves no approval", async () => {
      await using store = await subject.create();
      await store.commit(createPlan(d));
      const plan = admitPlan(d);
      await store.commit(plan);
      expect(await store.commit({ ...plan, approvals: [approvalOf(d)] })).toMatchObject({ status: "replayed" });
      expect(await store.approvals({ project })).toEqual([]);
    });

    it("law 21 asked: an approval that is revoked is gone, and no other", async () => {
      await using store = await subject.create();
      await begin(store, d, 1);
      const kept = approvalOf(d, { agent: "plan" });
      await store.commit({ ...answer(d, 1), approvals: [approvalOf(d), kept] });
      const head = await store.head(d.sessionId);
      const { action, resource, agent } = approvalOf(d);
      expect(await store.revoke({ project, action, resource, agent })).toBe(true);
      expect(await store.revoke({ project, action, resource, agent })).toBe(false);
      expect(await store.approvals({ project })).toEqual([kept]);
      expect(await store.head(d.sessionId)).toEqual(head);
      await store.commit({ ...answer(d, 900), approvals: [approvalOf(d)] });
      expect(await store.approvals({ project })).toHaveLength(2);
    });

    it("law 21 asked: changing an approval after its commit changes nothing that is saved", async () => {
      await using store = await subject.create();
      await begin(store, d, 1);
      const given = { ...approvalOf(d) };
      const commit = store.commit({ ...answer(d, 1), approvals: [given] });
      given.resource = "spoilt";
      await commit;
      expect(await store.approvals({ project })).toEqual([approvalOf(d)]);
    });

    itReopens(subject, "law 21 asked: asks and approvals are there when the store is opened anew", async (reopen) => {
      const first = await subject.create();
      await begin(first, d, 3);
      await first.commit({ ...answer(d, 2), approvals: [approvalOf(d)] });
      const asks = await first.asks({ limit: 10 });
      await first[Symbol.asyncDispose]();
      await using second = await reopen(first);
      expect(await second.asks({ limit: 10 })).toEqual(asks);
      expect(await second.approvals({ project })).toEqual([approvalOf(d)]);
    });
  });
};

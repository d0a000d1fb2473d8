import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, startPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { recordOf } from "./claim-plans.ts";
import { commitAll } from "./conversation.ts";

import type { SessionId } from "@holdfast/core";
import type { SessionQuery, Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreSubject } from "./store-subject.ts";

const createAt = (d: Drafts, time: number, data: Parameters<Drafts["sessionCreated"]>[0] = {}) => ({
  sessionId: d.sessionId,
  events: [d.sessionCreated(data, { time })],
});

const list = async (store: Store, query: Partial<SessionQuery> = {}) =>
  (await store.sessions({ limit: 100, ...query })).map(({ sessionId }) => sessionId.slice(4));

/** What lists sessions: no law of its own, but every one of its words. */
export const describeListing = (subject: StoreSubject): void => {
  describe("listing", () => {
    it("lists sessions newest first, then by ID, in pages that neither repeat nor leave out", async () => {
      await using store = await subject.create();
      const times = { a: 5, b: 9, c: 5, d: 1, e: 9, f: 5_000_000_000_000 };
      for (const [seed, time] of Object.entries(times)) await store.commit(createAt(createDrafts(seed), time));
      const all = ["f", "e", "b", "c", "a", "d"];
      expect(await list(store)).toEqual(all);
      for (const limit of [1, 2, 4]) {
        const paged: string[] = [];
        let before: SessionQuery["before"];
        for (;;) {
          const page = await store.sessions({ limit, ...(before === undefined ? {} : { before }) });
          paged.push(...page.map(({ sessionId }) => sessionId.slice(4)));
          // A store that goes round in circles would do so for ever.
          expect(paged.length).toBeLessThanOrEqual(all.length);
          const last = page.at(-1);
          if (last === undefined) break;
          expect(page.length).toBeLessThanOrEqual(limit);
          before = { createdTime: last.createdTime, sessionId: last.sessionId };
        }
        expect(paged).toEqual(all);
      }
    });

    it("lists the sessions of a directory and of a parent", async () => {
      await using store = await subject.create();
      const parentId = "ses_a" as SessionId;
      await store.commit(createAt(createDrafts("a"), 1));
      await store.commit(createAt(createDrafts("b"), 2, { parentId }));
      await store.commit(createAt(createDrafts("c"), 3, { parentId, location: { directory: "/srv/other" } }));
      expect(await list(store, { parentId })).toEqual(["c", "b"]);
      expect(await list(store, { directory: "/srv/project" })).toEqual(["b", "a"]);
      expect(await list(store, { directory: "/srv/project", parentId })).toEqual(["b"]);
      expect(await list(store, { directory: "/srv" })).toEqual([]);
    });

    it.each([
      ["fox", ["a"]],
      ["QUICK", ["a"]],
      ["100%", ["b"]],
      ["%", ["b"]],
      ["_", ["c"]],
      ["'", ["d"]],
      ["\\", ["d"]],
      ["Ärger", ["e"]],
      ["ÄRGER", ["e"]],
      ["ärger", []],
      ["*", []],
      ["", ["f", "e", "d", "c", "b", "a"]],
    ])("finds %j in titles: any text as it is, ASCII letters in either case", async (search, found) => {
      await using store = await subject.create();
      const titles = { a: "The quick Fox", b: "Sure, 100%", c: "snake_case", d: "it's a \\", e: "Nur Ärger", f: "" };
      let time = 0;
      for (const [seed, title] of Object.entries(titles)) {
        time += 1;
        await store.commit(createAt(createDrafts(seed), time, { title }));
      }
      expect(await list(store, { search })).toEqual(found);
    });

    it("finds work: an open execution of the runtime, or woken input that no execution took", async () => {
      await using store = await subject.create();
      const [idle, open, foreign] = [createDrafts("idle"), createDrafts("open"), createDrafts("foreign")];
      const [woken, recorded] = [createDrafts("woken"), createDrafts("recorded")];
      const [ended, both] = [createDrafts("ended"), createDrafts("both")];
      for (const d of [idle, open, foreign, woken, recorded, ended, both]) await store.commit(createPlan(d));
      await store.renew(recordOf(open.ownerId));
      await commitAll(store, [
        startPlan(open),
        { ...startPlan(foreign), events: [foreign.started({ runtime: "another" })] },
        admitPlan(foreign),
        admitPlan(woken),
        admitPlan(recorded, { resume: false }),
        startPlan(ended),
        endPlan(ended),
        startPlan(both),
        admitPlan(both),
      ]);
      const found = await store.workloads({ runtime: "test", limit: 100 });
      const bySession = new Map(found.map((work) => [work.sessionId.slice(4), work]));
      expect([...bySession.keys()].toSorted()).toEqual(["both", "open", "woken"]);
      expect(found).toHaveLength(3);
      expect(bySession.get("open")).toMatchObject({
        execution: { executionId: open.executionId, state: "open" },
        claim: { owner: open.ownerId, fence: 1 },
        owner: { ownerId: open.ownerId, counter: 1 },
      });
      expect(bySession.get("both")).toMatchObject({ execution: { state: "open" }, owner: null });
      expect(bySession.get("woken")).toEqual({
        sessionId: woken.sessionId,
        execution: null,
        claim: null,
        owner: null,
      });
      const foreignWork = await store.workloads({ runtime: "another", limit: 100 });
      expect(foreignWork.map(({ sessionId }) => sessionId.slice(4)).toSorted()).toEqual(["foreign", "woken"]);
      expect(await store.workloads({ runtime: "test", limit: 2 })).toHaveLength(2);
    });

    it.each([
      ["completed", "before", true],
      ["failed", "before", false],
      ["failed", "after", true],
      ["interrupted", "before", false],
      ["interrupted", "between", true],
      ["interrupted", "after", true],
    ] as const)(
      "of a session whose last execution was %s, woken input from %s that is work: %s",
      async (outcome, when, found) => {
        await using store = await subject.create();
        const d = createDrafts("a");
        const admission = (at: typeof when) => (at === when ? [admitPlan(d)] : []);
        // A completion is refused while woken input waits: there it was only recorded, and is woken by the next wake.
        const isInTime = outcome === "completed";
        const failure = { class: "transport", message: "The connection was reset." } as const;
        await commitAll(store, [
          createPlan(d),
          startPlan(d),
          ...(isInTime ? [] : admission("before")),
          { sessionId: d.sessionId, events: outcome === "interrupted" ? [d.interruptRequested()] : [] },
          ...admission("between"),
          { ...endPlan(d), events: [d.ended(outcome === "failed" ? { outcome, failure } : { outcome })] },
          ...(isInTime ? admission("before") : []),
          ...admission("after"),
        ]);
        const work = await store.workloads({ runtime: "test", limit: 10 });
        expect(work.map(({ sessionId }) => sessionId)).toEqual(found ? [d.sessionId] : []);
      },
    );

    it("pages through work in the order of session IDs, executions and inputs alike", async () => {
      await using store = await subject.create();
      const seeds = ["d", "B", "a", "c0", "c", "e", "A1"];
      for (const [index, seed] of seeds.entries()) {
        const d = createDrafts(seed);
        await commitAll(store, [createPlan(d), index % 2 === 0 ? startPlan(d) : admitPlan(d)]);
        // An execution with woken input is one piece of work.
        if (index % 4 === 0) await store.commit(admitPlan(d));
      }
      const all = ["A1", "B", "a", "c", "c0", "d", "e"];
      for (const limit of [1, 2, 3, 7, 8]) {
        const paged: string[] = [];
        let after: SessionId | undefined;
        do {
          const page = await store.workloads({ runtime: "test", limit, ...(after === undefined ? {} : { after }) });
          expect(page.length).toBeLessThanOrEqual(limit);
          paged.push(...page.map(({ sessionId }) => sessionId.slice(4)));
          expect(paged.length).toBeLessThanOrEqual(all.length);
          after = page.at(-1)?.sessionId;
        } while (after !== undefined);
        expect(paged).toEqual(all);
      }
    });

    it("finds no execution with the work of an input that came after one had ended", async () => {
      await using store = await subject.create();
      const d = createDrafts("later");
      await commitAll(store, [createPlan(d), startPlan(d), endPlan(d), admitPlan(d)]);
      expect(await store.workloads({ runtime: "test", limit: 10 })).toMatchObject([
        { sessionId: d.sessionId, execution: null, claim: { owner: null, fence: 1 } },
      ]);
    });
  });
};

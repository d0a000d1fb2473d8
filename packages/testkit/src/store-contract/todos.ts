import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { commitAll } from "./conversation.ts";
import { describe, it } from "./kit-case.ts";
import { itKeepsLaws } from "./needs.ts";
import { pruneUntil } from "./prunes.ts";
import { expectCode } from "./refused.ts";

import type { Todo } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const d = createDrafts("todos");
const { sessionId } = d;
const first: Todo = { content: "Look at it", status: "completed", priority: "high" };
const second: Todo = { content: "Mend it 😀", status: "pending", priority: "low" };
const items =
  '[{"content":"Look at it","priority":"high","status":"completed"},{"content":"Mend it 😀","priority":"low","status":"pending"}]';

const written = async (store: Store): Promise<Store> => {
  await commitAll(store, [
    createPlan(d),
    admitPlan(d),
    startPlan(d, [d.promoted(), d.stepStarted(), d.attemptStarted(), d.called(), d.begun(), d.todoUpdated()]),
    ownerPlan(d, [d.todoUpdated({ items: [first, second] }), d.settled(), d.attemptEnded(), d.stepEnded()]),
    endPlan(d),
  ]);
  return store;
};

/** Laws 4, 12 and 19, of the one row that holds its value. */
export const describeTodos = (subject: StoreSubject): void => {
  describe("todos", () => {
    it("law 4 projected: the last list of todos is the session's, and another session has its own", async () => {
      await using store = await written(await subject.create());
      expect(await store.todo(sessionId)).toEqual({ sessionId, seq: 9, items });
      const other = createDrafts("other");
      await store.commit(createPlan(other));
      expect(await store.todo(other.sessionId)).toBeNull();
      expect(await store.todo(createDrafts("nobody").sessionId)).toBeNull();
    });

    it("law 12 rebuilt: todos are what the log says, and are gone with their session", async () => {
      await using store = await written(await subject.create());
      expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
      await store.commit({ sessionId, events: [d.sessionDeleted()] });
      expect(await store.todo(sessionId)).toBeNull();
    });

    itKeepsLaws(
      [subject, "imported"],
      "law 19 pruned: todos outlive the events that wrote them, here and where the session is taken",
      async () => {
        await using store = await written(await subject.create());
        await pruneUntil(store, sessionId);
        const row = { sessionId, seq: 9, items };
        expect(await store.todo(sessionId)).toEqual(row);
        const floor = await store.floor(sessionId);
        expect(floor?.rows.todo).toEqual([row]);
        expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
        await using target = await subject.create();
        const { frozen = [] } = (await store.history({ sessionId, after: -1, limit: 200 })) ?? {};
        if (floor === null) throw new Error("expected a floor, found none");
        await target.import({ sessionId, floor: { floor, messages: frozen }, events: [], as: "replica" });
        expect(await target.todo(sessionId)).toEqual(row);
        const forged = { ...floor, rows: { ...floor.rows, todo: [{ ...row, items: "[1]" }] } };
        await using other = await subject.create();
        const batch = { sessionId, floor: { floor: forged, messages: frozen }, events: [], as: "replica" as const };
        await expectCode(other.import(batch), "import.malformed");
      },
    );
  });
};

import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { commitAll } from "./conversation.ts";
import { describe, it } from "./kit-case.ts";
import { itKeepsLaws } from "./needs.ts";
import { pruneUntil } from "./prunes.ts";
import { expectCode } from "./refused.ts";

import type { ContextRow, Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const d = createDrafts("context");
const { sessionId } = d;
const messageId = d.turn(2).answerId;
const hash = (digit: string): string => digit.repeat(64);
const source = (key: string, digit: string, text: string) => ({ key, hash: hash(digit), text, removal: `No ${key}.` });
const place = source("test/place", "0", "Works here.");
const day = source("test/day", "1", "Tuesday.");
const nextDay = source("test/day", "2", "Wednesday 😀.");

const written = async (store: Store): Promise<Store> => {
  await commitAll(store, [
    createPlan(d),
    admitPlan(d),
    startPlan(d, [
      d.promoted(),
      d.contextAdmitted({ sources: [place, day] }),
      d.contextAdmitted({
        messageId,
        sources: [{ ...nextDay, update: "It is Wednesday." }],
        removed: [{ key: place.key, text: place.removal }],
      }),
    ]),
    endPlan(d),
  ]);
  return store;
};

const row = (told: typeof place, at: Pick<ContextRow, "position" | "epoch" | "seq">): ContextRow => ({
  sessionId,
  ...told,
  ...at,
});

const rows = [
  row(nextDay, { position: 1, epoch: "Tuesday.", seq: 4 }),
  { ...row(place, { position: 0, epoch: "Works here.", seq: 4 }), hash: null, text: "", removal: "" },
];

/** Laws 4, 12 and 19, of the rows that hold what the model was told. */
export const describeSystemContext = (subject: StoreSubject): void => {
  describe("system context", () => {
    it("law 4 projected: a baseline stays as it is while what changed is told after it, and a move ends it", async () => {
      await using store = await written(await subject.create());
      expect((await store.rows(sessionId)).context).toEqual(rows);
      const page = await store.history({ sessionId, after: -1, limit: 10 });
      expect(page?.messages).toContainEqual({ sessionId, messageId, seq: 5, role: "system" });
      expect(page?.events.map(({ seq }) => seq)).toContain(5);
      await store.commit({ sessionId, events: [d.sessionMoved()] });
      expect((await store.rows(sessionId)).context).toEqual([]);
    });

    it("law 12 rebuilt: what was told is what the log says, and is gone with its session", async () => {
      await using store = await written(await subject.create());
      expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
      await store.commit({ sessionId, events: [d.sessionDeleted()] });
      expect((await store.rows(sessionId)).context).toEqual([]);
    });

    itKeepsLaws(
      [subject, "imported"],
      "law 19 pruned: what was told outlives the events that told it, here and where the session is taken",
      async () => {
        await using store = await written(await subject.create());
        await pruneUntil(store, sessionId);
        expect((await store.rows(sessionId)).context).toEqual(rows);
        const floor = await store.floor(sessionId);
        expect(floor?.rows.context).toEqual(rows);
        expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
        await using target = await subject.create();
        const { frozen = [] } = (await store.history({ sessionId, after: -1, limit: 200 })) ?? {};
        expect(frozen.map(({ role }) => role)).toEqual(["user", "system"]);
        if (floor === null) throw new Error("expected a floor, found none");
        await target.import({ sessionId, floor: { floor, messages: frozen }, events: [], as: "replica" });
        expect((await target.rows(sessionId)).context).toEqual(rows);
        const context = rows.map((told) => ({ ...told, text: "x".repeat(33 * 1024) }));
        const forged = { ...floor, rows: { ...floor.rows, context } };
        await using other = await subject.create();
        const batch = { sessionId, floor: { floor: forged, messages: frozen }, events: [], as: "replica" as const };
        await expectCode(other.import(batch), "import.malformed");
      },
    );
  });
};

import { RowSet } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan } from "../drafts/plans.ts";
import { commitAll, conversationPlans } from "./conversation.ts";
import { readLog } from "./whole-session.ts";

import type { SealedEnvelope } from "@holdfast/core/event";
import type { CommitPlan, Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";

export const d = createDrafts("gone");
export const { sessionId } = d;
export const key = { sessionId, callId: d.callId, attempt: 1 };
/** Where a look at an output begins. */
export const window = { offset: 0, limit: 10 };

/** The plan that deletes a session. */
export const deletion = (drafts: Drafts = d): CommitPlan => ({
  sessionId: drafts.sessionId,
  events: [drafts.sessionDeleted()],
});

/** A session of a whole conversation with an output and an input that waits, deleted. Returns its log as it was. */
export const deleted = async (store: Store): Promise<readonly SealedEnvelope[]> => {
  await commitAll(store, conversationPlans(d));
  await store.commit(admitPlan(d.turn(30), { idempotencyKey: "late" }));
  await store.putOutput(key, Uint8Array.of(1, 2, 3));
  const log = await readLog(store, sessionId);
  await store.commit(deletion());
  return log;
};

/** All that is read of a deleted session. */
export const left = (last: SealedEnvelope | undefined) => ({
  head: last === undefined ? null : { seq: last.seq, hash: last.hash },
  floor: null,
  log: last === undefined ? [] : [last],
  session: null,
  snapshot: null,
  history: null,
  rows: new RowSet(sessionId).snapshot(),
  withdrawn: [],
  asks: [],
  todo: null,
  listed: [],
  work: [],
});

/** The last event of the deleted session. */
export const lastOf = async (store: Store): Promise<SealedEnvelope> => {
  const [last] = await store.events({ sessionId, after: -1, limit: 10 });
  expect(last).toBeDefined();
  if (last === undefined) throw new Error("expected an event, found nothing");
  return last;
};

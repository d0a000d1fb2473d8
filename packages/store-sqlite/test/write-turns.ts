import { admitPlan, createPlan, takeClaim, turnEvents } from "@holdfast/testkit";

import type { Drafts } from "@holdfast/testkit";
import type { CommitPlan, Store } from "@holdfast/core/store";

/** Commits whole turns with a call each, the session first where it is not there yet. Each is 12 events and ends at rest. */
export const writeTurns = async (
  store: Store,
  drafts: Drafts,
  [from, to, admit = admitWithKey]: readonly [from: number, to: number, admit?: (turn: Drafts) => CommitPlan],
): Promise<void> => {
  const { sessionId, ownerId } = drafts;
  if ((await store.head(sessionId)) === null) await store.commit(createPlan(drafts));
  for (let number = from; number <= to; number++) {
    const turn = drafts.turn(number);
    await store.commit(admit(turn));
    const claim = (await store.snapshot(sessionId))?.claim ?? null;
    const take = { ...takeClaim(turn, claim === null ? null : { ...claim, counter: null }), owner: ownerId };
    await store.commit({ sessionId, events: [turn.started(), ...turnEvents(turn)], claim: take });
    const fence = { owner: ownerId, fence: take.fence };
    await store.commit({ sessionId, events: [turn.ended()], fence, claim: { action: "release" } });
  }
};

const admitWithKey = (turn: Drafts): CommitPlan => admitPlan(turn, { idempotencyKey: turn.inputId });

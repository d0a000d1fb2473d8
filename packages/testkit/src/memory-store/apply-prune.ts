import { assertFloor, assertNotDeleted, isOpenAt, RowSet, rowsAbove } from "@holdfast/core/store";

import { tombstoneOf } from "./memory-session.ts";

import type { InputRow, PrunePlan } from "@holdfast/core/store";
import type { MemorySession } from "./memory-session.ts";

/** A session without what a plan removes, and which inputs went with it. */
export interface AppliedPrune {
  readonly session: MemorySession;
  readonly removedEvents: number;
  /** What became of the inputs whose rows went. */
  readonly dispositions: readonly { readonly messageId: string; readonly disposition: InputRow["state"] }[];
}

/** What a pruning means, without doing it. Null where there is no such session, which the plan's refusal has said by then. */
export const applyPrune = (plan: PrunePlan, session: MemorySession | null): AppliedPrune | null => {
  const { floor, messages } = structuredClone(plan);
  assertNotDeleted(floor.sessionId, tombstoneOf(session));
  const before = session?.rows.snapshot();
  const end = session?.log.find(({ seq }) => seq === floor.seq) ?? null;
  const open = before !== undefined && isOpenAt(before, floor.seq);
  assertFloor(plan, { floor: session?.floor ?? null, end, open });
  if (session === null || before === undefined) return null;
  const log = session.log.filter(({ seq }) => seq > floor.seq);
  return {
    session: {
      ...session,
      log,
      rows: RowSet.restore(floor.sessionId, rowsAbove(before, floor)),
      floor,
      frozen: [...session.frozen, ...messages],
      references: session.references.filter(({ seq }) => seq > floor.seq),
    },
    removedEvents: session.log.length - log.length,
    dispositions: before.input
      .filter(({ seq }) => seq <= floor.seq)
      .map(({ messageId, state }) => ({ messageId, disposition: state })),
  };
};

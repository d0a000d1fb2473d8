import { askEndOf } from "./ask-end.ts";
import { eventAt } from "./event-at.ts";

import type { BudgetGrants } from "@holdfast/core/session";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/**
 * How often each bound was granted again, told from the log, so that every process tells the same.
 *
 * @param afterSeq Where the activity's allowance was whole: its last promotion.
 */
export const grantsSince = async ({ services }: Kernel, lane: Lane, afterSeq: number): Promise<BudgetGrants> => {
  const { store } = services;
  const { sessionId } = lane.work;
  const after = { sessionId, seq: afterSeq };
  const answered = await store.asks({ sessionId, state: "answered", after, limit: 200 });
  const granted = { tokens: 0, cost: 0, steps: 0 };
  for (const ask of answered.filter(({ kind }) => kind === "budget")) {
    const end = await askEndOf(store, ask);
    const opened = await eventAt(store, sessionId, ask.seq);
    if (end.ended !== "answered" || end.answer.kind !== "budget" || end.answer.reply !== "continue") continue;
    if (opened?.type === "ask.opened" && opened.data.shown.kind === "budget") granted[opened.data.shown.limit] += 1;
  }
  return granted;
};

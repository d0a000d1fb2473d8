import { maxAsksPerPage } from "@holdfast/core/store";

import { askEndOf } from "./ask-end.ts";
import { eventAt } from "./event-at.ts";

import type { BudgetGrants } from "@holdfast/core/session";
import type { AskRow } from "@holdfast/core/store";
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
  const granted = { tokens: 0, cost: 0, steps: 0 };
  // An activity may have asked for a lot beside, and a grant that is not found would be asked for again.
  for (let seq = afterSeq, page: readonly AskRow[]; ; seq = page.at(-1)?.seq ?? seq) {
    page = await store.asks({ sessionId, state: "answered", after: { sessionId, seq }, limit: maxAsksPerPage });
    for (const ask of page.filter(({ kind }) => kind === "budget")) {
      const end = await askEndOf(store, ask);
      const opened = await eventAt(store, sessionId, ask.seq);
      if (end.ended !== "answered" || end.answer.kind !== "budget" || end.answer.reply !== "continue") continue;
      if (opened?.type === "ask.opened" && opened.data.shown.kind === "budget") granted[opened.data.shown.limit] += 1;
    }
    if (page.length < maxAsksPerPage) return granted;
  }
};

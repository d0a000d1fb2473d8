import type { BudgetSpent } from "./budget-spent.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** What came of asking: `stopped`, where the lane was; the ask stays open then. */
export type MoreAnswer = "continue" | "stop" | "dismissed" | "stopped";

/**
 * Asks a person whether an activity whose budget is spent may go on, where the runtime asks. Nobody is asked twice at the same place for the
 * same: an answer that was given to an earlier owner is found again.
 */
export const askForMore = async (kernel: Kernel, lane: Lane, { spent }: BudgetSpent): Promise<MoreAnswer> => {
  const { asks, clock, onBudget } = kernel.services;
  if (onBudget === "end") return "stop";
  const { limit, used, allowed } = spent;
  // What it is asked after, so that an answer is for this place in the conversation alone.
  const { history } = lane.history;
  const input = history.at(history.size - 1)?.messageId ?? "";
  const over = new AbortController();
  clock.sleep(asks.restMs, over.signal).then(
    () => lane.stop("rested"),
    () => undefined,
  );
  try {
    const end = await lane.asks.ask({ input, shown: { kind: "budget", limit, used, allowed } });
    if (end.ended === "answered") return end.answer.kind === "budget" ? end.answer.reply : "stop";
    return end.ended === "expired" && end.reason === "dismissed" ? "dismissed" : "stop";
  } catch (error) {
    if (lane.stopped === undefined || lane.stopped === "broken" || lane.stopped === "fenced") throw error;
    return "stopped";
  } finally {
    over.abort(new Error("it was answered"));
  }
};

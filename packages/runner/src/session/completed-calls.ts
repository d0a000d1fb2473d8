import type { CompletedCall } from "@holdfast/core/plugin";
import type { History } from "@holdfast/core/session";
import type { ForeseenOutcome } from "../model/foresee-outcome.ts";

const mostCalls = 1_000;

/** The calls that were completed at a session's present Location, oldest first: the last of those after the first `seen` messages. */
export const completedCalls = (
  history: History,
  { seen, foreseen }: { readonly seen: number; readonly foreseen: ForeseenOutcome | undefined },
): readonly CompletedCall[] => {
  const calls: CompletedCall[] = [];
  for (let index = history.size - 1; index >= seen && calls.length < mostCalls; index--) {
    const message = history.at(index);
    if (message === undefined || message.seq < history.placeSeq) break;
    if (message.role !== "assistant") continue;
    for (const part of message.content.toReversed()) {
      if (part.type !== "call") continue;
      const outcome = part.callId === foreseen?.callId ? foreseen.outcome : part.outcome;
      if (outcome?.status === "completed") calls.push(Object.freeze({ name: part.name, input: part.input }));
    }
  }
  return calls.toReversed();
};

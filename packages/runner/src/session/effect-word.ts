import { askEndOf } from "./ask-end.ts";
import { stopped } from "./call-outcomes.ts";
import { eventAt } from "./event-at.ts";

import type { AskShown, CallOutcome } from "@holdfast/core/event";
import type { CallRow, Store } from "@holdfast/core/store";
import type { Aside } from "./ask-desk.ts";
import type { AskEnd } from "./ask-end.ts";
import type { Lane } from "./lane.ts";
import type { TakenCall } from "./taken-call.ts";

/** What a person was asked of the effect of a begun call, and how that ended, where it did. */
export interface EffectWord {
  readonly shown: AskShown;
  /** Undefined while it is open. */
  readonly end: AskEnd | undefined;
}

/** What a person was asked of a call since it last began; undefined where nobody was. */
export const wordOnEffect = async (store: Store, row: CallRow): Promise<EffectWord | undefined> => {
  const { sessionId, callId, begunSeq } = row;
  if (begunSeq === null) return undefined;
  const asks = await store.asks({ sessionId, callId, after: { sessionId, seq: begunSeq }, limit: 200 });
  const ask = asks.findLast(({ kind }) => kind === "unknown-effect");
  if (ask === undefined) return undefined;
  const opened = await eventAt(store, sessionId, ask.seq);
  if (opened?.type !== "ask.opened") return undefined;
  return { shown: opened.data.shown, end: ask.state === "open" ? undefined : await askEndOf(store, ask) };
};

/** What becomes of a call by a person's word: its outcome, or `continue` where it is to be done again. */
export const outcomeOfWord = (end: AskEnd): CallOutcome | "continue" => {
  if (end.ended === "refused") return stopped("unknown-outcome", "There was nobody to ask what became of it.");
  if (end.ended === "expired")
    return stopped("unknown-outcome", "A person was asked what became of it, and did not say.");
  if (end.answer.kind !== "unknown-effect") throw new TypeError(`a ${end.answer.kind} says nothing of an effect`);
  const { reply, feedback } = end.answer;
  const said = feedback === undefined ? "" : ` They say: ${feedback}`;
  switch (reply) {
    case "happened":
      return {
        status: "completed",
        content: `A person looked, and says that this call took effect. Its own output was lost.${said}`,
      };
    case "continue":
      return "continue";
    case "give-up":
      return stopped("unknown-outcome", `A person was asked, and leaves it at that.${said}`);
    default:
      return reply satisfies never;
  }
};

/**
 * Asks a person what became of a begun call, which steps aside for as long. `continue` where it is to be done again; undefined where it stays
 * open, for whoever takes the session next.
 */
export const askAboutEffect = async (
  lane: Lane,
  { call, shown, aside }: { readonly call: TakenCall; readonly shown: AskShown; readonly aside: Aside },
): Promise<CallOutcome | "continue" | undefined> => {
  try {
    return outcomeOfWord(await lane.asks.ask({ callId: call.callId, input: call.input, shown }, aside));
  } catch (error) {
    if (lane.stopped === undefined) throw error;
    return lane.stopped === "interrupted"
      ? stopped("unknown-outcome", "A person was asked, and the session was interrupted before there was an answer.")
      : undefined;
  }
};

import { eventAt } from "./event-at.ts";

import type { AskId } from "@holdfast/core";
import type { AskAnswer, AskExpiredReason } from "@holdfast/core/event";
import type { AskRow, Store } from "@holdfast/core/store";

/** How an ask ended, for whoever waits for it. */
export type AskEnd =
  | { readonly ended: "answered"; readonly askId: AskId; readonly answer: AskAnswer }
  | {
      readonly ended: "expired";
      readonly askId: AskId;
      readonly reason: AskExpiredReason;
      readonly feedback: string | undefined;
    }
  /** Nobody was asked, and why: the end of a sentence. */
  | { readonly ended: "refused"; readonly why: string };

/** How an ask ended that is not open any more, from the event that says so. */
export const askEndOf = async (store: Store, { sessionId, askId, closedSeq }: AskRow): Promise<AskEnd> => {
  const closed = closedSeq === null ? undefined : await eventAt(store, sessionId, closedSeq);
  if (closed?.type === "ask.answered") return { ended: "answered", askId, answer: closed.data.answer };
  if (closed?.type !== "ask.expired") throw new TypeError(`ask ${askId} is over, and no event says how`);
  return { ended: "expired", askId, reason: closed.data.reason, feedback: closed.data.feedback };
};

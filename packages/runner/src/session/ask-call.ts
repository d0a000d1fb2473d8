import { canonicalJson } from "@holdfast/core";

import { eventAt } from "./event-at.ts";

import type { AskShown } from "@holdfast/core/event";
import type { Aside } from "./ask-desk.ts";
import type { AskEnd } from "./ask-end.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { TakenCall } from "./taken-call.ts";

/** Asks a person for a call, which steps aside for as long as it waits. */
export const askCall = async (
  lane: Lane,
  { call, shown, aside }: { readonly call: TakenCall; readonly shown: AskShown; readonly aside: Aside },
): Promise<AskEnd> => lane.asks.ask({ callId: call.callId, input: call.input, shown }, aside);

/** Whether a person approved this very action of this very call before, whatever was shown beside it. */
export const approvedBefore = async (
  { services }: Kernel,
  lane: Lane,
  {
    call,
    action,
    resources,
  }: { readonly call: TakenCall; readonly action: string; readonly resources: readonly string[] },
): Promise<boolean> => {
  const { store } = services;
  const { sessionId } = lane.work;
  const answered = await store.asks({ sessionId, callId: call.callId, state: "answered", limit: 200 });
  for (const { seq, closedSeq } of answered) {
    const opened = await eventAt(store, sessionId, seq);
    const closed = closedSeq === null ? undefined : await eventAt(store, sessionId, closedSeq);
    if (opened?.type !== "ask.opened" || opened.data.shown.kind !== "permission") continue;
    if (closed?.type !== "ask.answered" || closed.data.answer.kind !== "permission") continue;
    const { shown } = opened.data;
    const isSame = shown.action === action && canonicalJson(shown.resources) === canonicalJson([...resources]);
    if (isSame && closed.data.answer.reply !== "deny") return true;
  }
  return false;
};

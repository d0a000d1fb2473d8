import { eventAt } from "../session/event-at.ts";

import type { AskInfo } from "@holdfast/core";
import type { AskRow, SessionRow, Store } from "@holdfast/core/store";

/** An ask as a person is shown it, from the events that opened and closed it. */
export const toAskInfo = async (store: Store, session: SessionRow, ask: AskRow): Promise<AskInfo> => {
  const { askId, sessionId, kind, identity, state, seq, closedSeq, callId, expires } = ask;
  const opened = await eventAt(store, sessionId, seq);
  if (opened?.type !== "ask.opened") throw new TypeError(`ask ${askId} has no event that opened it`);
  const closed = closedSeq === null ? undefined : await eventAt(store, sessionId, closedSeq);
  return {
    askId,
    sessionId,
    rootId: session.rootId,
    ...(session.parentId === null ? {} : { parentId: session.parentId }),
    agent: session.agent,
    kind,
    ...(callId === null ? {} : { callId }),
    identity,
    shown: opened.data.shown,
    state,
    createdTime: opened.time,
    ...(expires === null ? {} : { expires }),
    ...(closed?.type === "ask.answered" ? { answer: closed.data.answer } : {}),
    ...(closed?.type === "ask.answered" && closed.data.by !== undefined ? { by: closed.data.by } : {}),
    ...(closed?.type === "ask.expired" ? { expiredReason: closed.data.reason } : {}),
  };
};

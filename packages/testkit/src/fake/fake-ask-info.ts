import type { AskInfo } from "@holdfast/core";
import type { AskRow, SessionRow } from "@holdfast/core/store";
import type { FakeKernel } from "./fake-kernel.ts";

/** An ask as a person is shown it. */
export const toAskInfo = async (kernel: FakeKernel, session: SessionRow, ask: AskRow): Promise<AskInfo> => {
  const { askId, sessionId, kind, identity, state, seq, closedSeq, callId, expires } = ask;
  const opened = await kernel.event(sessionId, seq);
  if (opened?.type !== "ask.opened") throw new TypeError(`ask ${askId} has no event that opened it`);
  const closed = closedSeq === null ? undefined : await kernel.event(sessionId, closedSeq);
  const { parentId, rootId, agent } = session;
  return {
    askId,
    sessionId,
    rootId,
    ...(parentId === null ? {} : { parentId }),
    agent,
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

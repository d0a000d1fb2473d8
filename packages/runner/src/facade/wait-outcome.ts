import { toCursor } from "@holdfast/core";

import { eventAt } from "../session/event-at.ts";

import type { WaitOutcome } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "../session/kernel.ts";

/** What a wait answers for a session that rests. */
export const toWaitOutcome = async (
  { services }: Kernel,
  { session, head, execution }: SessionSnapshot,
  status: WaitOutcome["status"],
): Promise<WaitOutcome> => {
  const { sessionId } = session;
  const cursor = toCursor(services.store.storeId, { sessionId, ...head });
  if ((status !== "failed" && status !== "budget") || execution?.endedSeq == null) return { status, cursor };
  const ended = await eventAt(services.store, sessionId, execution.endedSeq);
  const failure = ended?.type === "execution.ended" ? ended.data.failure : undefined;
  return { status, cursor, ...(failure === undefined ? {} : { failure }) };
};

import { toCursor } from "@holdfast/core";

import { eventAt } from "../session/event-at.ts";
import { sessionNotFound } from "./arguments.ts";

import type { SessionId, WaitOutcome } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "../session/kernel.ts";

/**
 * What a wait answers for a session that is not there any more.
 *
 * @throws session.not-found where it never was.
 */
export const deletedOutcome = async ({ services }: Kernel, sessionId: SessionId): Promise<WaitOutcome> => {
  const { store } = services;
  const head = await store.head(sessionId);
  if (head === null) throw sessionNotFound(sessionId);
  return { status: "deleted", cursor: toCursor(store.storeId, { sessionId, ...head }) };
};

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

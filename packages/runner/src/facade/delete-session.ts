import { HoldfastError, toCursor } from "@holdfast/core";
import { isFreshFor } from "@holdfast/core/session";
import { assertNotReplica } from "@holdfast/core/store";

import { busySession } from "./busy-session.ts";
import { noSession } from "./no-session.ts";

import type { DeleteOutcome, SessionId } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "../session/kernel.ts";

/**
 * Deletes a session as it was read: what comes between is looked at first, so that no input is lost of which nobody knew.
 *
 * @throws session.busy, session.not-found, session.deleted, session.replica
 */
export const deleteSession = async ({ services, committer }: Kernel, sessionId: SessionId): Promise<DeleteOutcome> => {
  const { store } = services;
  for (;;) {
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null) throw await noSession(store, sessionId);
    assertNotReplica({ sessionId, events: [] }, snapshot.replica);
    const work = workOf(snapshot);
    if (work !== undefined) throw busySession(sessionId, work);
    const deleted = committer.draft("session.deleted", {});
    try {
      const { head } = await committer.commit({ sessionId, events: [deleted], expectedSeq: snapshot.head.seq });
      return { cursor: toCursor(store.storeId, { sessionId, ...head }) };
    } catch (error) {
      if (!HoldfastError.isInstance(error, "store.sequence-conflict")) throw error;
    }
  }
};

/** What of a session is under way; undefined at rest. */
const workOf = ({ execution, inputs }: SessionSnapshot): string | undefined => {
  if (execution?.state === "open") return "an execution open";
  const waits = inputs.some(({ awake, seq }) => awake === 1 && isFreshFor(seq, execution));
  return waits ? "a woken input that waits for an execution" : undefined;
};

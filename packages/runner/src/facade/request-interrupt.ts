import { HoldfastError } from "@holdfast/core";
import { assertNotReplica } from "@holdfast/core/store";

import { sessionNotFound } from "./arguments.ts";

import type { InterruptOutcome, SessionId } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";

interface Interruption {
  readonly sessionId: SessionId;
  readonly reason: string | undefined;
}

/**
 * Asks the open execution to stop. Where it was asked before, nothing is written: inputs that were admitted since then are younger than
 * the request, and start a new execution.
 */
export const requestInterrupt = async (
  kernel: Kernel,
  coordinator: Coordinator,
  interruption: Interruption,
): Promise<InterruptOutcome> => {
  const { sessionId } = interruption;
  for (;;) {
    const snapshot = await kernel.services.store.snapshot(sessionId);
    if (snapshot === null) throw sessionNotFound(sessionId);
    const { execution, inputs, head } = snapshot;
    assertNotReplica({ sessionId, events: [] }, snapshot.replica);
    if (execution?.state !== "open") return { status: "nothing-running", pending: inputs.length };
    const atSeq = execution.interruptSeq === null ? await write(kernel, snapshot, interruption) : head.seq;
    if (atSeq === undefined) continue;
    coordinator.wake(sessionId, { kind: "interrupt", atSeq });
    return { status: "requested", pending: inputs.length };
  }
};

/** Writes the request where the session is still as it was read; undefined where it is not. */
const write = async (
  { committer }: Kernel,
  { execution, head }: SessionSnapshot,
  { sessionId, reason }: Interruption,
): Promise<number | undefined> => {
  if (execution === null) return undefined;
  const data = { executionId: execution.executionId, ...(reason === undefined ? {} : { reason }) };
  try {
    const events = [committer.draft("interrupt.requested", data)];
    return (await committer.commit({ sessionId, events, expectedSeq: head.seq })).head.seq;
  } catch (error) {
    // Its owner or somebody else committed something meanwhile: it may have ended, or have been asked to.
    if (HoldfastError.isInstance(error, "store.sequence-conflict")) return undefined;
    throw error;
  }
};

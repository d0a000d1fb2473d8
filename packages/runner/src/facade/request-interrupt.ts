import { HoldfastError } from "@holdfast/core";
import { assertNotReplica } from "@holdfast/core/store";

import { noSession } from "./no-session.ts";

import type { InterruptOutcome } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { SessionSnapshot } from "@holdfast/core/store";
import type * as z from "zod";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

type Interruption = z.output<typeof argumentSchemas.interrupt>;

/**
 * Asks the open execution to stop, and withdraws what is pending where that is asked for, in one commit on the session as it was read.
 * Where an execution was asked before, it is not asked again: inputs that were admitted since then are younger than the request, and
 * start a new execution.
 */
export const requestInterrupt = async (
  kernel: Kernel,
  coordinator: Coordinator,
  interruption: Interruption,
): Promise<InterruptOutcome> => {
  const { sessionId, clear } = interruption;
  const { store } = kernel.services;
  for (;;) {
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null) throw await noSession(store, sessionId);
    const { execution, inputs, head } = snapshot;
    assertNotReplica({ sessionId, events: [] }, snapshot.replica);
    const events = eventsOf(kernel, snapshot, interruption);
    const atSeq = events.length === 0 ? head.seq : await write(kernel, snapshot, events);
    if (atSeq === undefined) continue;
    const isOpen = execution?.state === "open";
    if (isOpen) coordinator.wake(sessionId, { kind: "interrupt", atSeq });
    const messageIds = inputs.map(({ messageId }) => messageId);
    return {
      status: isOpen ? "requested" : "nothing-running",
      withdrawn: clear ? messageIds : [],
      pending: clear ? [] : messageIds,
    };
  }
};

const eventsOf = (
  { committer }: Kernel,
  { execution, inputs }: SessionSnapshot,
  { reason, clear }: Interruption,
): readonly EventDraft[] => {
  const isToAsk = execution?.state === "open" && execution.interruptSeq === null;
  const why = reason === undefined ? {} : { reason };
  return [
    ...(isToAsk ? [committer.draft("interrupt.requested", { executionId: execution.executionId, ...why })] : []),
    ...(clear ? inputs : []).map(({ messageId, version }) =>
      committer.draft("input.withdrawn", { messageId, withdraws: version }),
    ),
  ];
};

/** Where the log ends after them, if the session was still as it was read; undefined where it was not, and nothing was written. */
const write = async (
  { committer }: Kernel,
  { session: { sessionId }, head }: SessionSnapshot,
  events: readonly EventDraft[],
): Promise<number | undefined> => {
  try {
    return (await committer.commit({ sessionId, events, expectedSeq: head.seq })).head.seq;
  } catch (error) {
    // Its owner or somebody else committed something meanwhile: it may have ended, or have been asked to.
    if (HoldfastError.isInstance(error, "store.sequence-conflict")) return undefined;
    throw error;
  }
};

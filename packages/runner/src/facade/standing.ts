import { setImmediate } from "node:timers/promises";

import { toCursor } from "@holdfast/core";
import { standingOf } from "@holdfast/core/session";

import { readEvent } from "./read-messages.ts";

import type { Rest, WaitOutcome } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";

/** How a session stands, as this process can tell: at rest, and how it came to it; or when to look again, 0 for at once. */
export interface Look {
  readonly rest: Rest | undefined;
  readonly lookAgainMs: number;
}

/** How often whoever waits for rest looks although nothing was committed: an owner may have died, in milliseconds. */
export const lookAgainMs = 1_000;
/** How often it is looked whether a wake of this process has come to nothing, in milliseconds. */
export const takeUpMs = 20;

/** Whether a session rests, as this process can tell. */
export const lookAt = async (kernel: Kernel, coordinator: Coordinator, snapshot: SessionSnapshot): Promise<Look> => {
  const { recovery, name } = kernel.services;
  const { execution, inputs, session } = snapshot;
  const isActive = coordinator.isActive(session.sessionId);
  const isOpen = execution?.state === "open";
  const owner = isOpen ? await coordinator.ownerOf(snapshot) : "none";
  const found = standingOf(snapshot, owner, isActive || (recovery === "resume" && execution?.runtime === name));
  if (!found.resting) return { rest: undefined, lookAgainMs };
  // An explicit wake takes up what an earlier end had left: until it has, or has found nothing, the old end is no rest.
  const isTakingUp = isActive && !isOpen && inputs.some(({ awake }) => awake === 1);
  if (!isTakingUp) return { rest: found.rest, lookAgainMs };
  // Nothing is committed where it finds nothing, so that no watcher tells; but mostly it is a matter of a few turns of the loop.
  for (let turn = 0; turn < quickTurns && coordinator.isActive(session.sessionId); turn++) await setImmediate();
  return { rest: undefined, lookAgainMs: coordinator.isActive(session.sessionId) ? takeUpMs : 0 };
};

const quickTurns = 20;

/** What a wait answers for a session that rests. */
export const toOutcome = async (
  { services }: Kernel,
  { session, head, execution }: SessionSnapshot,
  status: WaitOutcome["status"],
): Promise<WaitOutcome> => {
  const cursor = toCursor(services.store.storeId, { sessionId: session.sessionId, ...head });
  if ((status !== "failed" && status !== "budget") || execution?.endedSeq == null) return { status, cursor };
  const [sealed] = await services.store.events({
    sessionId: session.sessionId,
    after: execution.endedSeq - 1,
    limit: 1,
  });
  const ended = sealed === undefined ? null : await readEvent(services.store, sealed);
  const failure = ended?.type === "execution.ended" ? ended.data.failure : undefined;
  return { status, cursor, ...(failure === undefined ? {} : { failure }) };
};

import { HoldfastError, toCursor } from "@holdfast/core";
import { takeClaim } from "@holdfast/core/session";

import { endingOf } from "../session/end-abandoned.ts";
import { noSession } from "./no-session.ts";

import type { ReleaseOutcome, SessionId } from "@holdfast/core";
import type { Fence, LogHead, SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "../session/kernel.ts";

/**
 * Makes a replica this store's own. What is open in its log is settled, and its execution ended, in the very commit that releases it:
 * under a claim whose fence is greater than any in the log, and which is given up right after.
 *
 * @throws session.busy for a session that is this store's own and has an execution open.
 * @throws store.sequence-conflict, store.fenced where it was never as it was read: more of its log kept coming, or its claim cannot be taken.
 */
export const releaseSession = async (kernel: Kernel, sessionId: SessionId): Promise<ReleaseOutcome> => {
  const { store, clock, disposal } = kernel.services;
  for (let attempt = 1; ; attempt++) {
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null) throw await noSession(store, sessionId);
    const isOwn = snapshot.replica === null;
    if (isOwn && snapshot.execution?.state === "open") throw busy(sessionId);
    const head = isOwn ? snapshot.head : await release(kernel, snapshot);
    if (HoldfastError.isInstance(head)) {
      if (attempt >= tries) throw head;
      // The first time, whoever was first is done by now.
      if (attempt > 1) await clock.sleep(firstPauseMs * 2 ** (attempt - 2), disposal);
      continue;
    }
    return { status: isOwn ? "nothing-to-do" : "released", cursor: toCursor(store.storeId, { sessionId, ...head }) };
  }
};

/** How often a release that others were in the way of is tried, and the first pause before that, which doubles, in milliseconds. */
const tries = 8;
const firstPauseMs = 5;

/** Where the log ends once it is released; the refusal where the session is not as it was read any more. */
const release = async (kernel: Kernel, snapshot: SessionSnapshot): Promise<LogHead | HoldfastError> => {
  const { committer, owner } = kernel;
  const { session, head } = snapshot;
  const { sessionId } = session;
  const events = await endingOf(kernel, snapshot, { outcome: "interrupted", words });
  const plan = { sessionId, events, expectedSeq: head.seq, release: true } as const;
  try {
    if (events.length === 0) return (await committer.commit(plan)).head;
    await owner.register();
    const claim = takeClaim(snapshot, owner.id, false);
    const released = await committer.commit({ ...plan, claim });
    await giveUp(kernel, sessionId, { owner: owner.id, fence: claim.fence });
    return released.head;
  } catch (error) {
    // More of its log was imported meanwhile, or another caller released it.
    if (HoldfastError.isInstance(error) && races.has(error.code)) return error;
    throw error;
  }
};

const races: ReadonlySet<string> = new Set(["store.sequence-conflict", "store.fenced", "session.replica"]);

const words = {
  attempt: "The session was released before the end of the answer had come here.",
  begun: "The session was released from the store where it ran.",
  called: "As far as its log came here, it had not begun.",
} as const;

/** A claim that stays hinders nobody: no execution is open under it, and the next one takes it as it is. */
const giveUp = async ({ committer, services }: Kernel, sessionId: SessionId, fence: Fence): Promise<void> => {
  try {
    await committer.commit({ sessionId, events: [], fence, claim: { action: "release" } });
  } catch (error) {
    services.logger.warn("the claim under which a session was released could not be given up", {
      sessionId,
      reason: String(error),
    });
  }
};

const busy = (sessionId: SessionId): HoldfastError<"session.busy"> =>
  new HoldfastError("session.busy", {
    message: `Expected session ${sessionId} to be a replica, or at rest, found it this store's own with an execution open. There is nothing to release; interrupt it first if it should rest.`,
    data: { sessionId },
  });

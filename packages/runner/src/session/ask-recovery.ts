import { askIdentity, recoveryAskOf, takeClaim } from "@holdfast/core/session";

import { sha256 } from "../ports/sha256.ts";
import { eventAt } from "./event-at.ts";
import { mayAsk } from "./may-ask.ts";

import type { AskShown } from "@holdfast/core/event";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "./kernel.ts";

/**
 * Asks whether to go on with an execution that lost its owner, once: takes its claim, opens the ask, and gives the claim up. Nothing runs and
 * nothing is spent. Nothing happens where nobody is asked here, or somebody was.
 *
 * @throws store.fenced, store.condition-failed where another process was first.
 */
export const askRecovery = async (kernel: Kernel, snapshot: SessionSnapshot): Promise<void> => {
  const { committer, owner, services } = kernel;
  const { execution, session, claim: before, calls } = snapshot;
  if (execution === null || recoveryAskOf(snapshot) !== undefined) return;
  const { sessionId } = session;
  const shown: AskShown = {
    kind: "recovery",
    reason:
      before?.owner == null
        ? "The process that worked on it gave it up before its end."
        : "The process that worked on it is gone without having ended it.",
    calls: calls.map(({ callId, name, state }) => ({ callId, name, state: state === "begun" ? "begun" : "called" })),
    asksModel: true,
  };
  if (!mayAsk(services, shown)) return;
  // Looked up before its claim is taken: afterwards the row names us.
  const isGone = await owner.isProvenGone(snapshot.owner);
  await owner.register();
  const taking = takeClaim(snapshot, owner.id, true);
  const claim = { ...taking, recoveries: taking.recoveries - 1 };
  const { executionId } = execution;
  const opened = committer.draft("ask.opened", {
    askId: services.ids.next("ask"),
    executionId,
    // The fence is part of what was seen: an answer to one loss is none to the next.
    identity: askIdentity({ input: `${executionId} ${before?.fence ?? 0}`, shown }, sha256),
    shown,
    ...(isGone && before !== null ? { goneFence: before.fence } : {}),
  });
  await committer.commit({ sessionId, events: [opened], claim });
  await committer.commit({
    sessionId,
    events: [],
    fence: { owner: owner.id, fence: claim.fence },
    claim: { action: "release" },
  });
};

/** The fences of all owners of an execution that are proven gone: the last one's, and those of which an ask had noted it. */
export const goneFencesOf = async (kernel: Kernel, snapshot: SessionSnapshot): Promise<ReadonlySet<number>> => {
  const { store } = kernel.services;
  const { claim, execution, owner, session } = snapshot;
  const { sessionId } = session;
  const fences = new Set<number>();
  // What had begun is judged by it, and nothing else is.
  if (execution === null || snapshot.calls.every(({ state }) => state !== "begun")) return fences;
  if (claim !== null && (await kernel.owner.isProvenGone(owner))) fences.add(claim.fence);
  const asks = await store.asks({ sessionId, after: { sessionId, seq: execution.seq }, limit: 200 });
  for (const { kind, seq } of asks) {
    if (kind !== "recovery") continue;
    const opened = await eventAt(store, sessionId, seq);
    if (opened?.type === "ask.opened" && opened.data.goneFence !== undefined) fences.add(opened.data.goneFence);
  }
  return fences;
};

import { canonicalJson, HoldfastError } from "@holdfast/core";
import { recoveryAskOf, recoveryLimit, takeClaim } from "@holdfast/core/session";

import { toFailure } from "../model/to-failure.ts";
import { agentTools } from "../location/agent-tools.ts";
import { sha256 } from "../ports/sha256.ts";
import { goneFencesOf } from "./ask-recovery.ts";
import { endAbandoned } from "./end-abandoned.ts";
import { judgeCalls } from "./judge-calls.ts";
import { findGround, openLane, permissionsText } from "./open-lane.ts";
import { stepSource } from "./opening-choice.ts";
import { resumeStep } from "./resume-step.ts";
import { canBeSalvaged, settleSalvaged } from "./salvage-call.ts";
import { settlementOf } from "./settle-judged.ts";
import { workLane } from "./work-lane.ts";

import type { EventDataOf, Failure } from "@holdfast/core/event";
import type { Consent } from "@holdfast/core/session";
import type { ClaimRow, Fence, SessionSnapshot } from "@holdfast/core/store";
import type { ToolSet } from "../location/tool-registry.ts";
import type { Kernel } from "./kernel.ts";
import type { JudgedCall } from "./judge-calls.ts";
import type { Ground } from "./open-lane.ts";
import type { OnLane } from "./start-execution.ts";

/** An execution that nobody works on any more, and what the taker may do about it. */
export interface Orphan {
  readonly snapshot: SessionSnapshot;
  /** Undefined where it is only to be settled and ended. */
  readonly consent: Consent | undefined;
  /** Why its owner is taken to be gone. */
  readonly reason: string;
  /** Whether a person's answer takes it up: nobody lost it, and no recovery is counted. */
  readonly isAnswered: boolean;
}

/**
 * Takes an execution over and works on it to its end. Its claim is taken, and the recovery counted, before anything of a plugin
 * runs; then what it stands on is looked at again; then the resume receipt is committed; only then does anything run.
 *
 * @returns whether the execution was completed.
 * @throws store.fenced where another process was first.
 */
export const recoverExecution = async (kernel: Kernel, orphan: Orphan, onLane: OnLane): Promise<boolean> => {
  const { services, owner, committer } = kernel;
  const { sessionId } = orphan.snapshot.session;
  await owner.register();
  // Looked up before its claim is taken: afterwards the row names us.
  const goneFences = await goneFencesOf(kernel, orphan.snapshot);
  const claim = takeClaim(orphan.snapshot, owner.id, !orphan.isAnswered);
  const fence: Fence = { owner: owner.id, fence: claim.fence };
  await committer.commit({ sessionId, events: [], claim });
  // Owners cannot have written since, but anybody may have admitted an input or asked for an interruption.
  const snapshot = await services.store.snapshot(sessionId);
  if (snapshot?.execution?.state !== "open") return false;
  if (snapshot.execution.interruptSeq !== null || orphan.consent === undefined) {
    return await end(kernel, { snapshot, fence }, { outcome: "interrupted" });
  }
  if (claim.recoveries > recoveryLimit) {
    return await end(kernel, { snapshot, fence }, { outcome: "failed", failure: tooManyRecoveries(claim.recoveries) });
  }
  let ground: Ground;
  try {
    ground = await findGround(kernel, await stepSource(kernel, snapshot), snapshot.execution);
  } catch (error) {
    if (HoldfastError.isInstance(error, "runtime.disposed")) {
      await committer.commit({ sessionId, events: [], fence, claim: { action: "release" } });
      return false;
    }
    return await end(kernel, { snapshot, fence }, { outcome: "failed", failure: toFailure(error) });
  }
  const { executionId } = snapshot.execution;
  using lane = openLane(kernel, { executionId, startedSeq: snapshot.execution.seq, fence, ground, isClaimed: true });
  onLane(lane);
  // The lane hears of what is asked for from now on; plugins may have taken their time before.
  const now = await services.store.snapshot(sessionId);
  if (now?.execution?.state === "open" && now.execution.interruptSeq !== null)
    return await end(kernel, { snapshot: now, fence }, { outcome: "interrupted" });
  lane.asks.adopt(now);
  const { consent } = orphan;
  return await workLane(kernel, lane, async () => {
    const tools = toolsOn(ground);
    const calls = await judgeCalls(kernel, lane, { snapshot, tools, consent, goneFences });
    // To look takes time, in which the work may be over: what was seen then says nothing.
    if (lane.stopped === "interrupted") await endInterrupted(kernel, snapshot, fence);
    if (lane.stopped !== undefined) return undefined;
    const left = calls.filter((call) => canBeSalvaged(call, tools));
    const settled = calls.filter((call) => !left.includes(call));
    const settlements = await Promise.all(settled.map((call) => settlementOf(kernel, call)));
    const receipt = toReceipt(kernel, {
      orphan,
      snapshot,
      ground,
      calls,
      recovery: claim.recoveries,
    });
    lane.stage(lane.draft("execution.recovered", receipt));
    // Whoever goes on with it, by whatever word, has answered.
    const recoveryAsk = now === null ? undefined : recoveryAskOf(now);
    if (recoveryAsk !== undefined)
      lane.stage(lane.draft("ask.expired", { askId: recoveryAsk.askId, reason: "settled" }));
    for (const settlement of settlements.flat()) {
      for (const { askId, callId } of now?.asks ?? [])
        if (callId === settlement.callId) lane.stage(lane.draft("ask.expired", { askId, reason: "settled" }));
      lane.stage(lane.draft("tool.settled", settlement));
    }
    await lane.flush();
    // Only after the receipt does anything run.
    await Promise.all(left.map((call) => settleSalvaged(kernel, lane, { call, tools })));
    return resumeStep(kernel, lane, { snapshot, calls, consent });
  });
};

/** The tools that the step was told of, as they are today. */
const toolsOn = ({ location, setting }: Ground): ToolSet => agentTools(location.tools.capture(), setting.agent);

/** Ends what nobody may go on with. Never a good end. */
const end = async (...args: Parameters<typeof endAbandoned>): Promise<false> => {
  await endAbandoned(...args);
  return false;
};

const endInterrupted = async (kernel: Kernel, { session }: SessionSnapshot, fence: Fence): Promise<void> => {
  const snapshot = await kernel.services.store.snapshot(session.sessionId);
  if (snapshot !== null) await endAbandoned(kernel, { snapshot, fence }, { outcome: "interrupted" });
};

const tooManyRecoveries = (recoveries: number): Failure => ({
  class: "recovery-limit",
  message: `The execution was taken over ${recoveries} times without getting any further.`,
});

interface ReceiptParts {
  readonly orphan: Orphan;
  readonly snapshot: SessionSnapshot;
  readonly ground: Ground;
  readonly calls: readonly JudgedCall[];
  readonly recovery: number;
}

const toReceipt = (kernel: Kernel, parts: ReceiptParts): EventDataOf<"execution.recovered"> => {
  const { orphan, snapshot, ground, calls, recovery } = parts;
  const previous: ClaimRow | null = orphan.snapshot.claim;
  const definitions = [...toolsOn(ground).values()].map(({ definition }) => definition);
  return {
    executionId: snapshot.execution?.executionId as EventDataOf<"execution.recovered">["executionId"],
    owner: kernel.owner.id,
    previous: { owner: previous?.owner ?? null, fence: previous?.fence ?? 1, reason: orphan.reason },
    recovery,
    location: ground.location.location,
    trusted: snapshot.head,
    inputs: snapshot.inputs.map(({ messageId }) => messageId),
    calls: calls.map(({ row, verdict }) => ({
      callId: row.callId,
      name: row.name,
      state: row.state === "begun" ? "begun" : "called",
      verdict,
    })),
    revalidated: {
      locationIdentity: ground.location.identity,
      permissionsHash: sha256(permissionsText(kernel.services, ground.setting)),
      toolsHash: sha256(canonicalJson(definitions)),
      model: ground.setting.model.ref,
    },
  };
};

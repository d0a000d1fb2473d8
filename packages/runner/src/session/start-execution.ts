import { HoldfastError } from "@holdfast/core";
import { takeClaim } from "@holdfast/core/session";

import { beginStep, compactAsDecided } from "./begin-step.ts";
import { AttemptFailed } from "../model/attempt-failed.ts";
import { CompactionDue } from "./compaction-due.ts";
import { BudgetSpent, endFor } from "./budget-spent.ts";
import { ExecutionOpening } from "./execution-opening.ts";
import { endAbandoned } from "./end-abandoned.ts";
import { findGround, openLane } from "./open-lane.ts";
import { openingChoice } from "./opening-choice.ts";
import { continueOpening } from "./run-execution.ts";
import { deniesInForce } from "./setting-of.ts";
import { causeOf } from "./work-errors.ts";
import { workLane } from "./work-lane.ts";

import type { MessageId } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { OpenStep } from "./open-step.ts";
import type { StepStart } from "./step-start.ts";
import type { Ground } from "./open-lane.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** Who is told of the lane as soon as there is one, to be able to stop it. */
export type OnLane = (lane: Lane) => void;

/**
 * Starts an execution for what waits in the inbox, and works on it to its end. Where what it needs cannot be had (the directory, the
 * model), it is started and ended as failed, so that whoever waits is told. True where it was completed.
 */
export const startExecution = async (
  kernel: Kernel,
  { snapshot, woken }: { readonly snapshot: SessionSnapshot; readonly woken: readonly MessageId[] },
  onLane: OnLane,
): Promise<boolean> => {
  const { services, owner, committer } = kernel;
  const { session } = snapshot;
  await owner.register();
  const executionId = services.ids.next("exe");
  const claim = takeClaim(snapshot, owner.id, false);
  const fence = { owner: owner.id, fence: claim.fence };
  const choice = await openingChoice(kernel, snapshot, woken);
  const denies = deniesInForce(services, choice.agent ?? session.agent);
  const draft = committer.draft("execution.started", {
    executionId,
    owner: owner.id,
    runtime: services.name,
    denies,
    woken: [...woken],
  });
  /** Says that it began and came to nothing, so that whoever waits is told. */
  const fail = async (error: unknown): Promise<false> => {
    await committer.commit({ sessionId: session.sessionId, events: [draft], claim });
    const started = await services.store.snapshot(session.sessionId);
    if (started !== null) await endAbandoned(kernel, { snapshot: started, fence }, endFor(error));
    return false;
  };
  let ground: Ground;
  try {
    ground = await findGround(kernel, { session, choice }, null);
  } catch (error) {
    // Nothing was begun: what waits stays in the inbox, for whoever comes next.
    if (HoldfastError.isInstance(error, "runtime.disposed")) return false;
    return fail(error);
  }
  using lane = openLane(kernel, { executionId, startedSeq: snapshot.head.seq, fence, ground, isClaimed: false });
  onLane(lane);
  try {
    return await workLane(kernel, lane, () => {
      const execution = new ExecutionOpening(kernel, lane, { draft, claim, woken });
      return beginExecution(kernel, lane, { opening: true, snapshot, execution });
    });
  } catch (error) {
    // The store's refusals are for whoever looks again; anything else before the first commit would come again for ever.
    if (lane.headSeq >= 0 || HoldfastError.isInstance(causeOf(error))) throw error;
    return fail(causeOf(error));
  }
};

type FirstStart = StepStart & Required<Pick<StepStart, "execution">>;

/** Begins the first step; or opens the execution without one, for a compaction or since plugins take their time, and goes on from there. */
const beginExecution = async (kernel: Kernel, lane: Lane, start: FirstStart): Promise<OpenStep | undefined> => {
  const { execution } = start;
  try {
    const step = await beginOrCompact(kernel, lane, start);
    if (step !== undefined) return step;
    await execution.settle();
  } catch (error) {
    await execution.settle();
    // An execution that is open by now is gone on with, which meets the same again, and ends it.
    if (!execution.isDone || !(error instanceof AttemptFailed || error instanceof BudgetSpent)) throw error;
  }
  return execution.isDone ? continueOpening(kernel, lane) : undefined;
};

const beginOrCompact = async (kernel: Kernel, lane: Lane, start: FirstStart): Promise<OpenStep | undefined> => {
  try {
    return await beginStep(kernel, lane, start);
  } catch (error) {
    if (!(error instanceof CompactionDue)) throw error;
    await compactAsDecided(kernel, lane, { ...error.task, opening: start.execution });
    return undefined;
  }
};

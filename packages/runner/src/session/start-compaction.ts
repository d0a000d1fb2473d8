import { asDecided } from "./as-decided.ts";

import type { EventDraft } from "@holdfast/core/event";
import type { Cut } from "@holdfast/core/session";
import type { Change, InputRow } from "@holdfast/core/store";
import type { CompactionTask } from "./compaction-due.ts";
import type { LaneCommit } from "./commit-queue.ts";
import type { Lane } from "./lane.ts";
import type { SummaryRequest } from "./summary-request.ts";

/** A request for a summary that is about to be made. */
export interface CompactionStart {
  readonly request: Pick<SummaryRequest, "model" | "hash" | "hookedHash" | "estimate">;
  readonly cut: Pick<Cut, "throughSeq">;
  readonly attempt: number;
}

/** The events of a compaction's start. */
export const compactionDrafts = (
  lane: Lane,
  { reason, opening }: CompactionTask,
  { request, cut, attempt }: CompactionStart,
): readonly EventDraft[] => [
  ...(opening === undefined || attempt > 1 ? [] : [opening.draft]),
  lane.draft("compaction.started", {
    executionId: lane.work.executionId,
    reason,
    attempt,
    model: request.model.ref,
    throughSeq: cut.throughSeq,
    requestHash: request.hash,
    ...(request.hookedHash === undefined ? {} : { hookedHash: request.hookedHash }),
    estimate: request.estimate,
  }),
];

/**
 * Says that the request may be made. Where somebody withdrew what asked for it, or the session has moved or been changed since it was
 * decided, nothing of the commit happens.
 *
 * @throws store.condition-failed
 */
export const startCompaction = async (lane: Lane, task: CompactionTask, begun: CompactionStart): Promise<void> => {
  await lane.commit(
    compactionDrafts(lane, task, begun),
    begun.attempt === 1 ? firstCommit(task, "pending") : where(task, "pending"),
  );
};

/**
 * The first commit of a compaction: with the claim, where it opens its execution, and only as it was decided.
 *
 * @param state What is become of the requests by the events of that commit.
 */
export const firstCommit = (task: CompactionTask, state: InputRow["state"]): LaneCommit => {
  const { decidedOn, opening } = task;
  const { changes = [] } = where(task, state);
  const claim = opening === undefined ? {} : { claim: opening.claim };
  if (decidedOn === undefined) return claim;
  return { ...claim, changes: [...asDecided(decidedOn.session, []), ...changes], conditional: true };
};

const where = ({ settles }: CompactionTask, state: InputRow["state"]): LaneCommit => {
  const changes = settles.map((messageId): Change => ({
    op: "require",
    table: "input",
    where: { messageId, state },
    expect: "some",
  }));
  return changes.length === 0 ? {} : { changes, conditional: true };
};

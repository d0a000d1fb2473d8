import type { EventDraft } from "@holdfast/core/event";
import type { Cut } from "@holdfast/core/session";
import type { Change } from "@holdfast/core/store";
import type { CompactionTask } from "./compaction-due.ts";
import type { LaneCommit } from "./commit-queue.ts";
import type { Lane } from "./lane.ts";
import type { SummaryRequest } from "./summary-request.ts";

/** A request for a summary that is about to be made. */
export interface CompactionStart {
  readonly request: Pick<SummaryRequest, "model" | "hash" | "estimate">;
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
    estimate: request.estimate,
  }),
];

/**
 * Says that the request may be made. Where somebody withdrew what asked for it, nothing of the commit happens.
 *
 * @throws store.condition-failed
 */
export const startCompaction = async (lane: Lane, task: CompactionTask, begun: CompactionStart): Promise<void> => {
  const claim = begun.attempt === 1 ? claimOf(task) : {};
  const changes = task.settles.map((messageId): Change => ({
    op: "require",
    table: "input",
    where: { messageId, state: "pending" },
    expect: "some",
  }));
  await lane.commit(
    compactionDrafts(lane, task, begun),
    changes.length === 0 ? claim : { ...claim, changes, conditional: true },
  );
};

/** The claim that is taken with it, where it opens its execution. */
export const claimOf = ({ opening }: CompactionTask): LaneCommit =>
  opening === undefined ? {} : { claim: opening.claim };

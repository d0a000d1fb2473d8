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

/** The event of a compaction's start. */
export const compactionDraft = (
  lane: Lane,
  { reason }: CompactionTask,
  { request, cut, attempt }: CompactionStart,
): EventDraft =>
  lane.draft("compaction.started", {
    executionId: lane.work.executionId,
    reason,
    attempt,
    model: request.model.ref,
    throughSeq: cut.throughSeq,
    requestHash: request.hash,
    ...(request.hookedHash === undefined ? {} : { hookedHash: request.hookedHash }),
    estimate: request.estimate,
  });

/**
 * Says that the request may be made. Where somebody withdrew what asked for it, or the session has moved or been changed since it was
 * decided, nothing of the commit happens.
 *
 * @throws store.condition-failed
 */
export const startCompaction = async (lane: Lane, task: CompactionTask, begun: CompactionStart): Promise<void> => {
  const draft = compactionDraft(lane, task, begun);
  if (begun.attempt === 1) await commitFirst(lane, task, { drafts: [draft], state: "pending" });
  else await lane.commit([draft], where(task, "pending"));
};

/** What a compaction's first commit says. */
interface FirstCommit {
  readonly drafts: readonly EventDraft[];
  /** What is become of the requests by these events. */
  readonly state: InputRow["state"];
}

/**
 * The first commit of a compaction: with what opens its execution, where that is not open, and only as it was decided.
 *
 * @throws store.condition-failed
 */
export const commitFirst = async (lane: Lane, task: CompactionTask, { drafts, state }: FirstCommit): Promise<void> => {
  const opening = await task.opening?.part();
  const all = [...(opening?.drafts ?? []), ...drafts];
  if (task.decidedOn === undefined) return void (await lane.commit(all, opening?.commit));
  const changes = [...asDecided(task.decidedOn.session, []), ...(where(task, state).changes ?? [])];
  await lane.commit(all, { ...opening?.commit, changes, conditional: true });
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

import type { MessageId, StepId } from "@holdfast/core";
import type { CompactionReason } from "@holdfast/core/event";
import type { Boundary } from "./boundary.ts";
import type { ExecutionOpening } from "./execution-opening.ts";
import type { StepSetting } from "./setting-of.ts";

/** A compaction that is to be made before anything else. */
export interface CompactionTask {
  readonly reason: CompactionReason;
  readonly setting: StepSetting;
  /** The requests that it answers. */
  readonly settles: readonly MessageId[];
  /** What the next request counts without it, as estimated. */
  readonly before: number;
  /** Whether what comes after it opens an activity, whose allowance is whole. */
  readonly opens: boolean;
  /** The boundary that it was decided at. Absent within a step, which goes on whatever the session says by now. */
  readonly decidedOn?: Boundary;
  /** The step that is open, whose request was too long. */
  readonly openStepId?: StepId;
  /** Set where its execution is not open before. */
  readonly opening?: ExecutionOpening;
}

/** Thrown in place of a step before which the conversation is to be compacted. */
export class CompactionDue extends Error {
  override readonly name = "CompactionDue";
  readonly task: CompactionTask;

  constructor(task: CompactionTask) {
    super(`The conversation is to be compacted: ${task.reason}.`);
    this.task = task;
  }
}

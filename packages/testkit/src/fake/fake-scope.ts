import type { ExecutionId, SessionId } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { CommitPlan } from "@holdfast/core/store";
import type { FakeKernel } from "./fake-kernel.ts";
import type { FakeLive } from "./fake-live.ts";

/** The open execution, as its steps and calls see it. */
export interface FakeScope {
  readonly kernel: FakeKernel;
  readonly sessionId: SessionId;
  readonly executionId: ExecutionId;
  readonly live: FakeLive;
  /** Aborts when the execution is interrupted, or the fake is disposed of. */
  readonly signal: AbortSignal;
  /** Commits under the claim of the execution. */
  commit(events: readonly EventDraft[], more?: Partial<CommitPlan>): Promise<void>;
}

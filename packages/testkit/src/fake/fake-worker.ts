import type { ExecutionId, SessionId } from "@holdfast/core";
import type { Wake } from "@holdfast/core/session";
import type { FakeLive } from "./fake-live.ts";

/** Whoever works on one session. */
export interface FakeWorker {
  readonly sessionId: SessionId;
  readonly live: FakeLive;
  /** Whether it works, or is about to look whether there is something to do. */
  readonly isActive: boolean;
  /** What it works on; undefined between two executions. */
  readonly current:
    | { readonly executionId: ExecutionId; readonly sinceTime: number; readonly step: number }
    | undefined;
  /** Resolves when there is nothing more to do. */
  readonly ended: Promise<void>;
  /** Has it look at the session, and do what there is to do. */
  wake(wake: Wake): void;
  interrupt(): void;
  /** Calls a listener each time that there is nothing more to do, until it is taken back. */
  onEnd(listener: () => void): () => void;
}

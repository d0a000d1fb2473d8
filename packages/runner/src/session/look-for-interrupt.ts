import type { ExecutionId, SessionId } from "@holdfast/core";
import type { Fence } from "@holdfast/core/store";
import type { Kernel } from "./kernel.ts";
import type { StopKind } from "./lane-stopped.ts";

/** Work that may be stopped from outside: a lane. */
export interface Interruptible {
  readonly work: { readonly sessionId: SessionId; readonly executionId: ExecutionId; readonly fence: Fence };
  readonly signal: AbortSignal;
  readonly stopped: StopKind | undefined;
  readonly isOver: boolean;
  readonly stop: (kind: StopKind) => void;
}

const lookAgainMs = 500;

/** Looks whether a lane is to stop: somebody asked for an interruption, or another process owns its execution by now. Never rejects. */
export const lookForInterrupt = async ({ services }: Kernel, lane: Interruptible): Promise<void> => {
  const { sessionId, executionId, fence } = lane.work;
  const { clock, logger, store } = services;
  while (lane.stopped === undefined && !lane.isOver) {
    try {
      const { claim, execution } = (await store.snapshot(sessionId)) ?? {};
      if (claim !== undefined && claim !== null && claim.fence > fence.fence) lane.stop("fenced");
      else if (execution?.executionId === executionId && execution.interruptSeq !== null) lane.stop("interrupted");
      return;
    } catch (error) {
      // Whoever asked for an interruption waits for it: a read that fails is made again.
      logger.warn("a session could not be looked at for an interruption", { sessionId, reason: String(error) });
      await clock.sleep(lookAgainMs, lane.signal).catch(() => undefined);
    }
  }
};

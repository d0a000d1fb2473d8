import type { SessionSnapshot } from "@holdfast/core/store";
import type { Boundary } from "./boundary.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/**
 * What others have left at this boundary. A look at the end of the log is enough where nobody but this lane has written since the last
 * boundary, which is nearly always; else the session is read anew.
 */
export const lookAtBoundary = async ({ services }: Kernel, lane: Lane): Promise<Boundary | undefined> => {
  const { sessionId } = lane.work;
  const known = lane.boundary;
  if (known !== undefined && (await services.store.head(sessionId))?.seq === lane.headSeq) {
    return { ...known, headSeq: lane.headSeq };
  }
  // What others have written is read, which may be much.
  await lane.settleFirst();
  const snapshot = await services.store.snapshot(sessionId);
  return snapshot === null ? undefined : toBoundary(lane, snapshot);
};

/** A boundary at which the session was just read. */
export const toBoundary = (lane: Lane, { session, inputs, head, execution }: SessionSnapshot): Boundary => ({
  session,
  inputs,
  headSeq: head.seq,
  isInterrupted: execution?.executionId === lane.work.executionId && execution.interruptSeq !== null,
});

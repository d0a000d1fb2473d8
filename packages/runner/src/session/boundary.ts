import type { InputRow, SessionRow } from "@holdfast/core/store";

/** What a lane has to know of others at a safe boundary. */
export interface Boundary {
  /** The session itself: where it works, with which agent and model. */
  readonly session: SessionRow;
  /** Pending inputs in admission order. */
  readonly inputs: readonly InputRow[];
  /** The end of the log. */
  readonly headSeq: number;
  readonly isInterrupted: boolean;
}

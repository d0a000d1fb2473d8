import type { MessageId, StepId } from "@holdfast/core";
import type { AssembledRequest } from "./assemble-request.ts";

/** A step whose first, or next, request is durable and may be made. */
export interface OpenStep {
  readonly stepId: StepId;
  readonly attempt: number;
  readonly messageId: MessageId;
  /** Where the next block or call of the message goes. */
  readonly position: number;
  readonly request: AssembledRequest;
}

/** An attempt, and the message that it answered in. */
export type MadeAttempt = Pick<OpenStep, "stepId" | "attempt" | "messageId">;

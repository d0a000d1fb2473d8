import type { AskId, CallId, ExecutionId, MessageId, OwnerId, SessionId, StepId } from "@holdfast/core";

/** What everything of one turn is called. Derived from a seed and a number, so that drafts fit each other without being told. */
export interface Names {
  readonly sessionId: SessionId;
  readonly ownerId: OwnerId;
  readonly executionId: ExecutionId;
  /** The input, and the message that it becomes. */
  readonly inputId: MessageId;
  readonly stepId: StepId;
  /** The assistant's message. */
  readonly answerId: MessageId;
  readonly callId: CallId;
  readonly askId: AskId;
}

/** The names of a session's turn: `ses_a`, `exe_a1`, `msg_a1in`, … for seed `a` and turn 1. */
export const namesOf = (seed: string, turn = 1): Names => ({
  sessionId: `ses_${seed}` as SessionId,
  ownerId: `own_${seed}` as OwnerId,
  executionId: `exe_${seed}${turn}` as ExecutionId,
  inputId: `msg_${seed}${turn}in` as MessageId,
  stepId: `stp_${seed}${turn}` as StepId,
  answerId: `msg_${seed}${turn}out` as MessageId,
  callId: `cal_${seed}${turn}` as CallId,
  askId: `ask_${seed}${turn}` as AskId,
});

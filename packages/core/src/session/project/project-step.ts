import { rulesText } from "../../permission/rule.ts";

import type { DurableEvent } from "../../event/catalogue.ts";
import type { ExecutionId, StepId } from "../../ids/id.ts";
import type { Rule } from "../../permission/rule.ts";
import type { Change } from "../../store/change.ts";
import type { Projector } from "./projector.ts";

const endStep = (stepId: StepId, state: "ended" | "failed", seq: number): readonly Change[] => [
  { op: "update", table: "step", where: { stepId, state: "open" }, set: { state, endedSeq: seq }, expect: "one" },
  { op: "require", table: "call", where: { stepId, state: ["called", "begun"] }, expect: "none" },
  { op: "require", table: "attempt", where: { stepId, state: "open" }, expect: "none" },
];

const bind = (executionId: ExecutionId, denies: readonly (readonly Rule[])[]): Change => ({
  op: "update",
  table: "execution",
  where: { executionId, state: "open" },
  set: { denies: rulesText(denies) },
  expect: "one",
});

const block = (event: DurableEvent<"text.ended" | "reasoning.ended">): readonly Change[] => [
  { op: "require", table: "attempt", where: { messageId: event.data.messageId, state: "open" }, expect: "some" },
  {
    op: "insert",
    table: "block",
    row: {
      sessionId: event.sessionId,
      messageId: event.data.messageId,
      position: event.data.position,
      seq: event.seq,
      kind: event.type === "text.ended" ? "text" : "reasoning",
    },
  },
];

/** Row changes of a step's events: attempts, blocks, ends. */
export const projectStep = {
  "step.started": ({ sessionId, seq, data }) => [
    ...(data.denies === undefined ? [] : [bind(data.executionId, data.denies)]),
    { op: "require", table: "execution", where: { executionId: data.executionId, state: "open" }, expect: "some" },
    { op: "require", table: "step", where: { state: "open" }, expect: "none" },
    {
      op: "insert",
      table: "step",
      row: {
        sessionId,
        stepId: data.stepId,
        executionId: data.executionId,
        seq,
        position: data.index,
        state: "open",
        endedSeq: null,
      },
    },
  ],
  "step.ended": ({ seq, data }) => endStep(data.stepId, "ended", seq),
  "step.failed": ({ seq, data }) => endStep(data.stepId, "failed", seq),
  "attempt.started": ({ sessionId, seq, data }) => [
    { op: "require", table: "step", where: { stepId: data.stepId, state: "open" }, expect: "some" },
    { op: "require", table: "attempt", where: { stepId: data.stepId, state: "open" }, expect: "none" },
    {
      op: "insert",
      table: "attempt",
      row: {
        sessionId,
        stepId: data.stepId,
        attempt: data.attempt,
        messageId: data.messageId,
        seq,
        state: "open",
        endedSeq: null,
      },
    },
    // An attempt after one without durable output answers in the same message.
    {
      op: "insert",
      table: "message",
      row: { sessionId, messageId: data.messageId, seq, role: "assistant" },
      orKeep: true,
    },
  ],
  "attempt.ended": ({ sessionId, seq, data }) => [
    {
      op: "update",
      table: "attempt",
      where: { stepId: data.stepId, attempt: data.attempt, state: "open" },
      set: { state: data.status, endedSeq: seq },
      expect: "one",
    },
    {
      op: "update",
      table: "session",
      where: { sessionId },
      add: {
        inputTokens: data.usage.input,
        outputTokens: data.usage.output,
        cost: data.cost,
        activityTokens: data.usage.input + data.usage.output,
        activityCost: data.cost,
      },
      expect: "one",
    },
  ],
  "retry.scheduled": ({ data }) => [
    { op: "require", table: "step", where: { stepId: data.stepId, state: "open" }, expect: "some" },
    {
      op: "update",
      table: "attempt",
      where: { stepId: data.stepId, attempt: data.attempt, state: "error" },
      set: { state: "retried" },
      expect: "one",
    },
    { op: "require", table: "attempt", where: { stepId: data.stepId, state: "open" }, expect: "none" },
  ],
  "text.ended": block,
  "reasoning.ended": block,
} satisfies {
  readonly [
    T in
      | "step.started"
      | "step.ended"
      | "step.failed"
      | "attempt.started"
      | "attempt.ended"
      | "retry.scheduled"
      | "text.ended"
      | "reasoning.ended"
  ]: Projector<T>;
};

import type { Change, RowSnapshot } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";

/** The rows that `createPlan` with title "T", `admitPlan` and `startPlan` with `turnEvents` leave. Literals: nothing is projected. */
export const rowsAfterTurn = (d: Drafts): RowSnapshot => {
  const { sessionId, inputId, answerId, stepId, callId, executionId } = d;
  return {
    session: [
      {
        sessionId,
        parentId: null,
        rootId: sessionId,
        directory: "/srv/project",
        workspaceId: null,
        project: "/srv/project",
        agent: "default",
        model: null,
        title: "T",
        denies: "[]",
        createdTime: 1_767_225_600_001,
        inputTokens: 0,
        outputTokens: 0,
        cost: 0,
        activityTokens: 0,
        activityCost: 0,
      },
    ],
    input: [
      {
        sessionId,
        messageId: inputId,
        seq: 1,
        kind: "prompt",
        delivery: "steer",
        state: "promoted",
        awake: 1,
        promotedSeq: 3,
        withdrawnSeq: null,
        valueSeq: 1,
        version: 3,
      },
    ],
    message: [
      { sessionId, messageId: inputId, seq: 3, role: "user" },
      { sessionId, messageId: answerId, seq: 5, role: "assistant" },
    ],
    block: [{ sessionId, messageId: answerId, position: 0, seq: 6, kind: "text" }],
    call: [
      {
        sessionId,
        callId,
        messageId: answerId,
        stepId,
        position: 1,
        name: "note",
        state: "settled",
        calledSeq: 7,
        begunSeq: 8,
        begun: 1,
        settledSeq: 10,
      },
    ],
    execution: [
      {
        sessionId,
        executionId,
        seq: 2,
        state: "open",
        runtime: "test",
        denies: "[]",
        interruptSeq: null,
        outcome: null,
        endedSeq: null,
      },
    ],
    step: [{ sessionId, stepId, executionId, seq: 4, position: 1, state: "ended", endedSeq: 11 }],
    attempt: [{ sessionId, stepId, attempt: 1, messageId: answerId, seq: 5, state: "finished", endedSeq: 9 }],
    ask: [],
    todo: [],
    compaction: [],
    context: [],
  };
};

interface Condition {
  readonly title: string;
  readonly change: Change;
  readonly holds: boolean;
}

/** Conditions on the rows that `rowsAfterTurn` shows, as they are written in a plan. */
export const conditionsOf: readonly Condition[] = [
  {
    title: "wants a row that is there holds",
    change: { op: "require", table: "step", where: { state: "ended" }, expect: "some" },
    holds: true,
  },
  {
    title: "wants a row that only another session has fails",
    change: { op: "require", table: "step", where: { state: "open" }, expect: "some" },
    holds: false,
  },
  {
    title: "wants no row where only another session has one holds",
    change: { op: "require", table: "step", where: { state: "open" }, expect: "none" },
    holds: true,
  },
  {
    title: "wants no row where there is one fails",
    change: { op: "require", table: "execution", where: { state: "open" }, expect: "none" },
    holds: false,
  },
  {
    title: "names several values holds for one of them",
    change: { op: "require", table: "call", where: { state: ["called", "settled"] }, expect: "some" },
    holds: true,
  },
  {
    title: "names several values fails for none of them",
    change: { op: "require", table: "call", where: { state: ["called", "begun"] }, expect: "some" },
    holds: false,
  },
  {
    title: "names no value at all finds nothing",
    change: { op: "require", table: "call", where: { state: [] }, expect: "some" },
    holds: false,
  },
  {
    title: "wants null holds for null",
    change: { op: "require", table: "execution", where: { interruptSeq: null }, expect: "some" },
    holds: true,
  },
  {
    title: "wants null fails for a value",
    change: { op: "require", table: "step", where: { endedSeq: null }, expect: "some" },
    holds: false,
  },
  {
    title: "has no filter finds any row of the session",
    change: { op: "require", table: "attempt", where: {}, expect: "some" },
    holds: true,
  },
  {
    title: "has two columns wants both in one row",
    change: { op: "require", table: "message", where: { role: "user", seq: 5 }, expect: "some" },
    holds: false,
  },
  {
    title: "would change exactly one row fails for two",
    change: { op: "update", table: "message", where: {}, add: { seq: 0 }, expect: "one" },
    holds: false,
  },
  {
    title: "would change exactly one row fails for none",
    change: { op: "update", table: "input", where: { state: "pending", awake: 0 }, set: { awake: 1 }, expect: "one" },
    holds: false,
  },
  {
    title: "may change none holds for none",
    change: { op: "update", table: "input", where: { state: "pending", awake: 0 }, set: { awake: 1 }, expect: "any" },
    holds: true,
  },
];

import type { EventDraft } from "@holdfast/core/event";
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
  };
};

interface ForbiddenMoment {
  readonly title: string;
  /** Events of the execution before, after `execution.started`. One input is admitted. */
  readonly before: (d: Drafts) => readonly EventDraft[];
  readonly event: (d: Drafts) => EventDraft;
}

const step = (d: Drafts) => [d.stepStarted()];
const attempt = (d: Drafts) => [...step(d), d.attemptStarted()];
const called = (d: Drafts) => [...attempt(d), d.called()];
const settled = (d: Drafts) => [...called(d), d.begun(), d.settled()];
const nothing = () => [];

/** What may not happen after what: each is valid by its type, and refused by the condition that it carries. */
export const forbiddenMoments: readonly ForbiddenMoment[] = [
  { title: "to create a session twice", before: nothing, event: (d) => d.sessionCreated() },
  { title: "to admit a message twice", before: nothing, event: (d) => d.admitted() },
  { title: "to promote an input twice", before: (d) => [d.promoted()], event: (d) => d.promoted() },
  { title: "to promote what was never admitted", before: nothing, event: (d) => d.turn(2).promoted() },
  {
    title: "to promote what was only recorded",
    before: (d) => [d.turn(2).admitted({ resume: false })],
    event: (d) => d.turn(2).promoted(),
  },
  { title: "to start a second execution", before: nothing, event: (d) => d.turn(2).started() },
  { title: "to recover an execution that is not open", before: nothing, event: (d) => d.turn(2).recovered() },
  { title: "to end an execution that is not open", before: nothing, event: (d) => d.turn(2).ended() },
  {
    title: "to end an execution with an open step",
    before: (d) => [d.promoted(), ...step(d)],
    event: (d) => d.ended(),
  },
  { title: "to complete an execution with woken input", before: nothing, event: (d) => d.ended() },
  {
    title: "to interrupt an execution that is not open",
    before: nothing,
    event: (d) => d.turn(2).interruptRequested(),
  },
  { title: "to start a step of no execution", before: nothing, event: (d) => d.turn(2).stepStarted() },
  {
    title: "to start a second step",
    before: step,
    event: (d) => d.turn(2).stepStarted({ executionId: d.executionId, index: 2 }),
  },
  { title: "to end a step with an open attempt", before: attempt, event: (d) => d.stepEnded() },
  {
    title: "to end a step with an open call",
    before: (d) => [...called(d), d.attemptEnded()],
    event: (d) => d.stepEnded(),
  },
  {
    title: "to fail a step with a begun call",
    before: (d) => [...called(d), d.begun(), d.attemptEnded()],
    event: (d) => d.stepFailed(),
  },
  { title: "to end a step twice", before: (d) => [...step(d), d.stepEnded()], event: (d) => d.stepEnded() },
  { title: "to start an attempt of no step", before: nothing, event: (d) => d.attemptStarted() },
  { title: "to start a second attempt", before: attempt, event: (d) => d.attemptStarted({ attempt: 2 }) },
  {
    title: "to start an attempt again",
    before: (d) => [...attempt(d), d.attemptEnded()],
    event: (d) => d.attemptStarted(),
  },
  { title: "to end an attempt that is not open", before: step, event: (d) => d.attemptEnded() },
  {
    title: "to end another attempt than the open one",
    before: attempt,
    event: (d) => d.attemptEnded({ attempt: 2 }),
  },
  { title: "a text of no attempt", before: step, event: (d) => d.text() },
  {
    title: "reasoning of an attempt that ended",
    before: (d) => [...attempt(d), d.attemptEnded()],
    event: (d) => d.reasoning(),
  },
  { title: "two blocks in one place", before: (d) => [...attempt(d), d.text()], event: (d) => d.reasoning() },
  { title: "a call of no step", before: nothing, event: (d) => d.called() },
  { title: "to call the same call twice", before: called, event: (d) => d.called({ position: 2 }) },
  { title: "to begin what was not called", before: attempt, event: (d) => d.begun() },
  {
    title: "to begin a call twice as the first time",
    before: (d) => [...called(d), d.begun()],
    event: (d) => d.begun(),
  },
  { title: "to begin a call as the second time first", before: called, event: (d) => d.begun({ attempt: 2 }) },
  { title: "to begin a settled call", before: settled, event: (d) => d.begun({ attempt: 2 }) },
  { title: "to complete a call that did not begin", before: called, event: (d) => d.settled() },
  { title: "to settle a call twice", before: settled, event: (d) => d.settled() },
  {
    title: "to stop a call that was settled",
    before: settled,
    event: (d) => d.settled({ outcome: { status: "stopped", reason: "cancelled", content: "" } }),
  },
];

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

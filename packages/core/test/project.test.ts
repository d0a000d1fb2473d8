import { describe, expect, it } from "vitest";

import { noUsage } from "../src/event/usage.ts";
import { project } from "../src/session/project/project.ts";
import { RowSet } from "../src/store/row-set.ts";

import type { DurableEvent, EventDataOf, EventType } from "../src/event/catalogue.ts";
import type { SessionId } from "../src/ids/id.ts";

const sessionId = "ses_a" as SessionId;

/** An event before it has its place: `fold` gives it one. */
type Told = readonly [EventType, object];

const told = <TType extends EventType>(
  type: TType,
  data: { readonly [K in keyof EventDataOf<TType>]?: unknown },
): Told => [type, data];

const created = told("session.created", {
  location: { directory: "/a" },
  project: "/a",
  agent: "a",
  title: "",
  denies: [],
});
const admitted = told("input.admitted", { messageId: "msg_in", text: "Hi", delivery: "steer", resume: true });
const recorded = told("input.admitted", { messageId: "msg_in", text: "Hi", delivery: "steer", resume: false });
const promoted = told("input.promoted", { messageId: "msg_in", executionId: "exe_1" });
const started = told("execution.started", { executionId: "exe_1", runtime: "r", denies: [], woken: [] });
const woken = told("execution.started", { executionId: "exe_1", runtime: "r", denies: [], woken: ["msg_in"] });
const interrupted = told("interrupt.requested", { executionId: "exe_1" });
const ended = told("execution.ended", { executionId: "exe_1", outcome: "completed" });
const failed = told("execution.ended", { executionId: "exe_1", outcome: "failed" });
const stepStarted = told("step.started", {
  stepId: "stp_1",
  executionId: "exe_1",
  index: 1,
  agent: "a",
  model: { id: "m" },
});
const attempt = (number: number, messageId = "msg_out"): Told =>
  told("attempt.started", { stepId: "stp_1", attempt: number, messageId });
const attemptEnded = (number: number, input = 0, status = "finished"): Told =>
  told("attempt.ended", {
    stepId: "stp_1",
    attempt: number,
    status,
    usage: { ...noUsage, input },
    cost: 0.5,
  });
const attemptFailed = (number: number): Told => attemptEnded(number, 0, "error");
const retry = (number: number): Told =>
  told("retry.scheduled", { stepId: "stp_1", attempt: number, retry: 1, class: "overloaded", delayMs: 1 });
const text = (position: number): Told => told("text.ended", { messageId: "msg_out", position, text: "Hello" });
const called = told("tool.called", { callId: "cal_1", stepId: "stp_1", messageId: "msg_out", position: 1, name: "t" });
const begun = (number: number): Told => told("tool.begun", { callId: "cal_1", attempt: number });
const settled = (status: string): Told => told("tool.settled", { callId: "cal_1", outcome: { status, content: "" } });
const stepFailed = told("step.failed", { stepId: "stp_1" });
const stepEnded = told("step.ended", { stepId: "stp_1", finish: "stop" });

const fold = (events: readonly Told[]): RowSet => {
  const rows = new RowSet(sessionId);
  for (const [seq, [type, data]] of [created, ...events].entries()) {
    const event = { sessionId, seq, time: 1_000 + seq, type, data } as unknown as DurableEvent;
    for (const change of project(event)) rows.apply(change);
  }
  return rows;
};

const inStep = [started, stepStarted, attempt(1)];
const inCall = [...inStep, called];

describe("the log takes", () => {
  it.each<[string, readonly Told[]]>([
    [
      "a whole turn",
      [admitted, started, promoted, stepStarted, attempt(1), text(0), attemptEnded(1), stepEnded, ended],
    ],
    ["a recorded input that an execution woke", [recorded, woken, promoted]],
    ["a call that is begun twice", [...inCall, begun(1), begun(2), settled("completed")]],
    ["a call that is stopped before it began", [...inCall, settled("stopped")]],
    ["a second attempt in the same message", [...inStep, attemptEnded(1), attempt(2)]],
    ["a second attempt in a new message", [...inStep, text(0), attemptEnded(1), attempt(2, "msg_out2")]],
    ["a retry after an attempt that failed", [...inStep, attemptFailed(1), retry(1), attempt(2)]],
    ["a retry while calls of the attempt run", [...inCall, attemptFailed(1), retry(1), settled("stopped"), attempt(2)]],
    ["a step that fails although a retry is due", [...inStep, attemptFailed(1), retry(1), stepFailed]],
    ["an interruption that is asked for twice", [started, interrupted, interrupted]],
    ["a failure while input waits", [admitted, started, failed]],
    ["completion while a recorded input sleeps", [recorded, started, ended]],
  ])("%s", (_, events) => {
    expect(() => fold(events)).not.toThrow();
  });
});

describe("the log refuses", () => {
  it.each<[string, readonly Told[], Told]>([
    ["a second creation", [], created],
    ["an input that was admitted before", [admitted], admitted],
    ["promotion of an unknown input", [started], promoted],
    ["promotion of a recorded input that nothing woke", [recorded, started], promoted],
    ["a second promotion", [admitted, started, promoted], promoted],
    ["a second open execution", [started], told("execution.started", { executionId: "exe_2", denies: [], woken: [] })],
    ["recovery of an ended execution", [started, ended], told("execution.recovered", { executionId: "exe_1" })],
    ["interruption of an ended execution", [started, ended], interrupted],
    ["a second end", [started, ended], ended],
    ["the end of an execution whose step is open", inStep, failed],
    ["completion while awake input waits", [admitted, started], ended],
    ["a step without an execution", [], stepStarted],
    ["a second open step", inStep, told("step.started", { stepId: "stp_2", executionId: "exe_1", index: 2 })],
    ["the end of a step whose attempt is open", inStep, stepEnded],
    ["the end of a step whose call is not settled", [...inCall, attemptEnded(1)], stepEnded],
    ["the end of a step whose call has begun", [...inCall, begun(1), attemptEnded(1)], stepEnded],
    ["an attempt of an ended step", [...inStep, attemptEnded(1), stepEnded], attempt(2)],
    ["a second open attempt", inStep, attempt(2)],
    ["an attempt of a number that was used", [...inStep, attemptEnded(1)], attempt(1)],
    ["a second end of an attempt", [...inStep, attemptEnded(1)], attemptEnded(1)],
    ["a retry of an attempt that is open", inStep, retry(1)],
    ["a retry of an attempt that finished", [...inStep, attemptEnded(1)], retry(1)],
    ["a retry of an attempt that was cut", [...inStep, attemptEnded(1, 0, "cut")], retry(1)],
    ["a retry while the next attempt is open", [...inStep, attemptFailed(1), attempt(2)], retry(1)],
    ["a second retry of one attempt", [...inStep, attemptFailed(1), retry(1)], retry(1)],
    ["a retry of an ended step", [...inStep, attemptFailed(1), stepFailed], retry(1)],
    ["a block after its attempt ended", [...inStep, attemptEnded(1)], text(0)],
    ["a second block at one position", [...inStep, text(0)], text(0)],
    ["a call that was called before", inCall, called],
    ["the beginning of an unknown call", inStep, begun(1)],
    ["a second first beginning", [...inCall, begun(1)], begun(1)],
    ["a second beginning before the first", inCall, begun(2)],
    ["a beginning that skips one", [...inCall, begun(1)], begun(3)],
    ["a beginning after the outcome", [...inCall, begun(1), settled("completed")], begun(2)],
    ["completion of a call that never began", inCall, settled("completed")],
    ["a second outcome", [...inCall, begun(1), settled("completed")], settled("failed")],
  ])("%s", (_, events, refused) => {
    expect(() => fold(events)).not.toThrow();
    expect(() => fold([...events, refused])).toThrow(expect.objectContaining({ code: "store.condition-failed" }));
  });
});

describe("rows", () => {
  it("say where an input was admitted and promoted, and show it as a message from its promotion on", () => {
    const { input, message } = fold([admitted, started, promoted]).snapshot();
    expect(input[0]).toMatchObject({ seq: 1, state: "promoted", promotedSeq: 3, version: 3 });
    expect(message).toEqual([{ sessionId, messageId: "msg_in", seq: 3, role: "user" }]);
  });

  it("keep the place of a message in which a second attempt answers", () => {
    const { message, attempt: attempts } = fold([...inStep, attemptEnded(1), attempt(2)]).snapshot();
    expect(message).toEqual([{ sessionId, messageId: "msg_out", seq: 3, role: "assistant" }]);
    expect(attempts.map(({ attempt, state, endedSeq }) => [attempt, state, endedSeq])).toEqual([
      [1, "finished", 4],
      [2, "open", null],
    ]);
  });

  it("add up the tokens and the cost of every attempt", () => {
    const { session } = fold([...inStep, attemptEnded(1, 10), attempt(2), attemptEnded(2, 5)]).snapshot();
    expect(session[0]).toMatchObject({ inputTokens: 15, outputTokens: 0, cost: 1, createdTime: 1_000 });
  });

  it("count how often a call was begun, and where it last was", () => {
    const { call } = fold([...inCall, begun(1), begun(2)]).snapshot();
    expect(call[0]).toMatchObject({ state: "begun", calledSeq: 4, begunSeq: 6, begun: 2, settledSeq: null });
  });

  it("keep the latest interruption of an execution, and how it ended", () => {
    const { execution } = fold([started, interrupted, interrupted, failed]).snapshot();
    expect(execution[0]).toMatchObject({ state: "ended", interruptSeq: 3, outcome: "failed", endedSeq: 4 });
  });
});

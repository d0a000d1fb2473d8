import { noUsage } from "../src/event/add-usage.ts";
import { project } from "../src/session/project/project.ts";
import { RowSet } from "../src/store/row-set.ts";

import type { DurableEvent, EventDataOf, EventType } from "../src/event/catalogue.ts";
import type { SessionId } from "../src/ids/id.ts";

export const sessionId = "ses_a" as SessionId;

/** An event before it has its place: `fold` gives it one. */
export type Told = readonly [EventType, object];

export const told = <TType extends EventType>(
  type: TType,
  data: { readonly [K in keyof EventDataOf<TType>]?: unknown },
): Told => [type, data];

export const created = told("session.created", {
  location: { directory: "/a" },
  project: "/a",
  agent: "a",
  title: "",
  denies: [],
});
export const admitted = told("input.admitted", { messageId: "msg_in", text: "Hi", delivery: "steer", resume: true });
export const recorded = told("input.admitted", { messageId: "msg_in", text: "Hi", delivery: "steer", resume: false });
export const promoted = told("input.promoted", { messageId: "msg_in", executionId: "exe_1" });
export const started = told("execution.started", { executionId: "exe_1", runtime: "r", denies: [], woken: [] });
export const woken = told("execution.started", { executionId: "exe_1", runtime: "r", denies: [], woken: ["msg_in"] });
export const interrupted = told("interrupt.requested", { executionId: "exe_1" });
export const ended = told("execution.ended", { executionId: "exe_1", outcome: "completed" });
export const failed = told("execution.ended", { executionId: "exe_1", outcome: "failed" });
export const stepStarted = told("step.started", {
  stepId: "stp_1",
  executionId: "exe_1",
  index: 1,
  agent: "a",
  model: { id: "m" },
});
export const attempt = (number: number, messageId = "msg_out"): Told =>
  told("attempt.started", { stepId: "stp_1", attempt: number, messageId });
export const attemptEnded = (number: number, input = 0, status = "finished"): Told =>
  told("attempt.ended", {
    stepId: "stp_1",
    attempt: number,
    status,
    usage: { ...noUsage, input },
    cost: 0.5,
  });
export const attemptFailed = (number: number): Told => attemptEnded(number, 0, "error");
export const retry = (number: number): Told =>
  told("retry.scheduled", { stepId: "stp_1", attempt: number, retry: 1, class: "overloaded", delayMs: 1 });
export const text = (position: number): Told => told("text.ended", { messageId: "msg_out", position, text: "Hello" });
export const called = told("tool.called", {
  callId: "cal_1",
  stepId: "stp_1",
  messageId: "msg_out",
  position: 1,
  name: "t",
});
export const begun = (number: number): Told => told("tool.begun", { callId: "cal_1", attempt: number });
export const settled = (status: string): Told =>
  told("tool.settled", { callId: "cal_1", outcome: { status, content: "" } });
export const hosted = (status: string): Told =>
  told("tool.settled", { callId: "cal_1", outcome: { status, content: "" }, hosted: { result: "{}" } });
export const stepFailed = told("step.failed", { stepId: "stp_1" });
export const stepEnded = told("step.ended", { stepId: "stp_1", finish: "stop" });

export const replaced = (replaces: number): Told =>
  told("input.replaced", { messageId: "msg_in", replaces, text: "Hello", delivery: "queue" });
export const withdrawn = (withdraws: number): Told => told("input.withdrawn", { messageId: "msg_in", withdraws });
export const permission = { kind: "permission", tool: "t", action: "t", resources: ["*"], always: [] };
export const question = { kind: "question", tool: "t", questions: [] };
export const recovery = { kind: "recovery", reason: "gone", calls: [], asksModel: true };
export const effect = { kind: "unknown-effect", tool: "t", effect: null, attempt: 1, found: "unknown" };
export const opened = (shown: object, callId: string | null = "cal_1", identity = "i"): Told =>
  told("ask.opened", {
    askId: `ask_${identity}`,
    executionId: "exe_1",
    ...(callId === null ? {} : { callId }),
    identity,
    shown,
    expires: 9_000,
  });
export const answered = (identity = "i", of = identity): Told => told("ask.answered", { askId: `ask_${of}`, identity });
export const expired = told("ask.expired", { askId: "ask_i", reason: "time" });
export const budget = opened({ kind: "budget" }, null);
export const moved = told("session.moved", { location: { directory: "/b", workspaceId: "w" }, project: "/" });
export const todos = told("todo.updated", {
  callId: "cal_1",
  items: [{ content: "Look at it", status: "pending", priority: "low" }],
});
const source = { hash: "0".repeat(64), text: "Told.", removal: "Gone." };
export const context = told("context.admitted", {
  executionId: "exe_1",
  sources: [
    { ...source, key: "a/a" },
    { ...source, key: "a/b" },
  ],
  removed: [],
});
export const contextUpdate = told("context.admitted", {
  executionId: "exe_1",
  messageId: "msg_told",
  sources: [{ ...source, key: "a/c", update: "Told anew." }],
  removed: [{ key: "a/b", text: "Gone." }],
});
export const contextGone = told("context.admitted", {
  executionId: "exe_1",
  messageId: "msg_told",
  sources: [],
  removed: [{ key: "a/z", text: "Gone." }],
});
export const deleted = told("session.deleted", {});

export const fold = (events: readonly Told[]): RowSet => {
  const rows = new RowSet(sessionId);
  for (const [seq, [type, data]] of [created, ...events].entries()) {
    const event = { sessionId, seq, time: 1_000 + seq, type, data } as unknown as DurableEvent;
    for (const change of project(event)) rows.apply(change);
  }
  return rows;
};

export const inStep = [started, stepStarted, attempt(1)];
export const inCall = [...inStep, called];

export const compactionStarted = told("compaction.started", {
  executionId: "exe_1",
  reason: "threshold",
  throughSeq: 1,
});
export const compactionEnded = told("compaction.ended", {
  throughSeq: 1,
  summary: "They talked.",
  usage: noUsage,
  cost: 0,
  settles: [],
  streak: 0,
});
export const compactionFailed = told("compaction.failed", {
  failure: { class: "transport", message: "reset" },
  usage: noUsage,
  cost: 0,
  settles: [],
  streak: 1,
});
export const compactionAsked = told("input.admitted", {
  messageId: "msg_compact",
  kind: "compaction",
  text: "",
  delivery: "steer",
  resume: true,
});

import { noUsage } from "@holdfast/core/event";

import type { EventDataOf, EventType } from "@holdfast/core/event";
import type { Names } from "./names.ts";

const hash = "0".repeat(64);
const model = { id: "scripted" };

/** What each type of event holds where a test does not say. */
export const defaultDataOf = (names: Names): { readonly [T in EventType]: EventDataOf<T> } => {
  const directory = "/srv/project";
  const { executionId, ownerId, inputId, stepId, answerId, callId, askId } = names;
  return {
    "session.created": { location: { directory }, project: directory, agent: "default", title: "", denies: [] },
    "session.updated": { title: "Another title" },
    "session.moved": { location: { directory: "/srv/other" }, project: "/srv/other" },
    "session.deleted": {},
    "input.admitted": {
      messageId: inputId,
      payloadHash: hash,
      text: `Say ${inputId}`,
      delivery: "steer",
      resume: true,
    },
    "input.promoted": { messageId: inputId, executionId },
    "input.replaced": { messageId: inputId, replaces: 1, payloadHash: hash, text: "Say it anew", delivery: "steer" },
    "input.withdrawn": { messageId: inputId, withdraws: 1 },
    "execution.started": { executionId, owner: ownerId, runtime: "test", denies: [], woken: [] },
    "execution.recovered": {
      executionId,
      owner: ownerId,
      previous: { owner: null, fence: 1, reason: "gone" },
      recovery: 1,
      location: { directory },
      trusted: { seq: 0, hash },
      inputs: [],
      calls: [],
      revalidated: { locationIdentity: "1:1", permissionsHash: hash, toolsHash: hash, model },
    },
    "execution.ended": { executionId, outcome: "completed" },
    "interrupt.requested": { executionId },
    "step.started": { stepId, executionId, index: 1, agent: "default", model },
    "step.ended": { stepId, finish: "stop" },
    "step.failed": { stepId, failure: { class: "transport", message: "The connection was reset." } },
    "attempt.started": { stepId, attempt: 1, messageId: answerId, requestHash: hash },
    "attempt.ended": { stepId, attempt: 1, status: "finished", finish: "stop", usage: noUsage, cost: 0 },
    "retry.scheduled": { stepId, attempt: 1, retry: 1, class: "overloaded", delayMs: 2_000 },
    "text.ended": { messageId: answerId, position: 0, text: `Answer ${answerId}` },
    "reasoning.ended": { messageId: answerId, position: 0, text: "Thinking." },
    "tool.called": {
      callId,
      stepId,
      messageId: answerId,
      position: 1,
      providerCallId: "call-1",
      name: "note",
      input: "{}",
      definition: hash,
    },
    "tool.begun": {
      callId,
      attempt: 1,
      effect: null,
      effectKey: callId,
      replay: "never",
      definition: hash,
      plugin: { name: "test" },
    },
    "tool.settled": { callId, outcome: { status: "completed", content: "done" } },
    "ask.opened": {
      askId,
      executionId,
      callId,
      identity: hash,
      shown: { kind: "permission", tool: "note", action: "note", resources: ["*"], always: ["*"] },
    },
    "ask.answered": { askId, identity: hash, answer: { kind: "permission", reply: "once" } },
    "ask.expired": { askId, reason: "time" },
    "compaction.started": {
      executionId,
      reason: "threshold",
      attempt: 1,
      model,
      throughSeq: 0,
      requestHash: hash,
      estimate: { input: 10, cost: 0 },
    },
    "compaction.ended": {
      throughSeq: 0,
      summary: "They talked.",
      tokens: { before: 20, after: 10 },
      usage: noUsage,
      cost: 0,
      settles: [],
      streak: 0,
    },
    "compaction.failed": {
      failure: { class: "transport", message: "The connection was reset." },
      usage: noUsage,
      cost: 0,
      settles: [],
      streak: 1,
    },
    "context.admitted": {
      executionId,
      sources: [{ key: "test/place", hash, text: `Works in ${directory}.`, removal: "Works nowhere." }],
      removed: [],
    },
    "todo.updated": { callId, items: [{ content: "Look at it", status: "pending", priority: "medium" }] },
  };
};

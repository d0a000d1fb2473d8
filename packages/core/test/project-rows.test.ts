import { describe, expect, it } from "vitest";

import {
  admitted,
  answered,
  attempt,
  attemptEnded,
  begun,
  budget,
  expired,
  failed,
  fold,
  inCall,
  inStep,
  interrupted,
  moved,
  opened,
  permission,
  promoted,
  replaced,
  sessionId,
  started,
  stepStarted,
  told,
  withdrawn,
} from "./told.ts";

describe("rows", () => {
  it("say which event holds an input's content, and which was its last", () => {
    expect(fold([admitted, replaced(1)]).snapshot().input[0]).toMatchObject({
      seq: 1,
      delivery: "queue",
      state: "pending",
      valueSeq: 2,
      version: 2,
    });
    expect(fold([admitted, replaced(1), started, promoted]).snapshot().input[0]).toMatchObject({
      state: "promoted",
      valueSeq: 2,
      promotedSeq: 4,
      version: 4,
    });
  });

  it("keep an input that was withdrawn, and show no message of it", () => {
    const { input, message } = fold([admitted, withdrawn(1)]).snapshot();
    expect(input[0]).toMatchObject({ state: "withdrawn", withdrawnSeq: 2, valueSeq: 1, promotedSeq: null, version: 2 });
    expect(message).toEqual([]);
  });

  it("say what an ask is of, and where it was closed", () => {
    const { ask } = fold([...inCall, opened(permission), answered()]).snapshot();
    expect(ask).toEqual([
      {
        sessionId,
        askId: "ask_i",
        executionId: "exe_1",
        callId: "cal_1",
        kind: "permission",
        identity: "i",
        state: "answered",
        seq: 5,
        closedSeq: 6,
        expires: 9_000,
      },
    ]);
    expect(fold([started, budget, expired]).snapshot().ask[0]).toMatchObject({ callId: null, state: "expired" });
  });

  it("say where a session works after it moved, and change only what an update names", () => {
    const { session } = fold([moved, told("session.updated", { title: "T", model: { id: "n" } })]).snapshot();
    expect(session[0]).toMatchObject({ directory: "/b", workspaceId: "w", project: "/", title: "T", agent: "a" });
    expect(session[0]?.model).toBe('{"id":"n"}');
    expect(fold([told("session.updated", { agent: "b", model: null })]).snapshot().session[0]).toMatchObject({
      agent: "b",
      model: null,
      title: "",
    });
  });

  it("name the root of a session's parents, and itself where it has none", () => {
    expect(fold([]).snapshot().session[0]?.rootId).toBe(sessionId);
  });

  it("count what was used since the last promotion apart from what was used at all", () => {
    const turn = [admitted, ...inStep, attemptEnded(1, 10)];
    expect(fold(turn).snapshot().session[0]).toMatchObject({ activityTokens: 10, activityCost: 0.5 });
    expect(fold([...turn, promoted]).snapshot().session[0]).toMatchObject({
      inputTokens: 10,
      cost: 0.5,
      activityTokens: 0,
      activityCost: 0,
    });
  });

  it("bind an execution by the denies that a step brings", () => {
    const denies = [[{ action: "t", resource: "*", effect: "deny" }]];
    const [type, data] = stepStarted;
    const { execution } = fold([started, [type, { ...data, denies }]]).snapshot();
    expect(execution[0]?.denies).toBe('[[{"action":"t","effect":"deny","resource":"*"}]]');
  });

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

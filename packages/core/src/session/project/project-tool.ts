import type { Projector } from "./projector.ts";

/** Row changes of a call's events: called, then begun, then settled, and never back. */
export const projectTool = {
  "tool.called": ({ sessionId, seq, data }) => [
    { op: "require", table: "step", where: { stepId: data.stepId, state: "open" }, expect: "some" },
    {
      op: "insert",
      table: "call",
      row: {
        sessionId,
        callId: data.callId,
        messageId: data.messageId,
        stepId: data.stepId,
        position: data.position,
        name: data.name,
        state: "called",
        calledSeq: seq,
        begunSeq: null,
        begun: 0,
        settledSeq: null,
      },
    },
  ],
  "tool.begun": ({ seq, data }) => [
    {
      op: "update",
      table: "call",
      // The first beginning is of a call that had not begun; a repeated one counts on from the one before.
      where: { callId: data.callId, state: data.attempt === 1 ? "called" : "begun", begun: data.attempt - 1 },
      set: { state: "begun", begunSeq: seq, begun: data.attempt },
      expect: "one",
    },
  ],
  "tool.settled": ({ seq, data }) => [
    // Its asks are over first, in the same commit: an answer that nobody waits for is refused, never lost.
    { op: "require", table: "ask", where: { callId: data.callId, state: "open" }, expect: "none" },
    {
      op: "update",
      table: "call",
      where: { callId: data.callId, state: data.outcome.status === "completed" ? "begun" : ["called", "begun"] },
      set: { state: "settled", settledSeq: seq },
      expect: "one",
    },
  ],
} satisfies { readonly [T in "tool.called" | "tool.begun" | "tool.settled"]: Projector<T> };

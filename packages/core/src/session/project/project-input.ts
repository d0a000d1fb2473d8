import type { Projector } from "./projector.ts";

/** Row changes of an input's events: it waits, may be given another content meanwhile, and is promoted or withdrawn. */
export const projectInput = {
  "input.admitted": ({ sessionId, seq, data }) => [
    // An answer may have the ID that a caller chose: such an input could never be promoted.
    { op: "require", table: "message", where: { messageId: data.messageId }, expect: "none" },
    {
      op: "insert",
      table: "input",
      row: {
        sessionId,
        messageId: data.messageId,
        seq,
        kind: data.kind ?? "prompt",
        delivery: data.delivery,
        state: "pending",
        awake: data.resume ? 1 : 0,
        promotedSeq: null,
        withdrawnSeq: null,
        valueSeq: seq,
        version: seq,
      },
    },
  ],
  "input.replaced": ({ seq, data }) => [
    {
      op: "update",
      table: "input",
      where: { messageId: data.messageId, kind: "prompt", state: "pending", version: data.replaces },
      set: { delivery: data.delivery, valueSeq: seq, version: seq },
      expect: "one",
    },
  ],
  "input.withdrawn": ({ seq, data }) => [
    {
      op: "update",
      table: "input",
      where: { messageId: data.messageId, state: "pending", version: data.withdraws },
      set: { state: "withdrawn", withdrawnSeq: seq, version: seq },
      expect: "one",
    },
  ],
  "input.promoted": ({ sessionId, seq, data }) => [
    {
      op: "update",
      table: "input",
      where: { messageId: data.messageId, kind: "prompt", state: "pending", awake: 1 },
      set: { state: "promoted", promotedSeq: seq, version: seq },
      expect: "one",
    },
    { op: "insert", table: "message", row: { sessionId, messageId: data.messageId, seq, role: "user" } },
    // A new activity, with an allowance of its own.
    {
      op: "update",
      table: "session",
      where: { sessionId },
      set: { activityTokens: 0, activityCost: 0 },
      expect: "one",
    },
  ],
} satisfies {
  readonly [T in "input.admitted" | "input.replaced" | "input.withdrawn" | "input.promoted"]: Projector<T>;
};

import { closeEpoch } from "./project-context.ts";

import type { EventDataOf } from "../../event/catalogue.ts";
import type { MessageId, SessionId } from "../../ids/id.ts";
import type { Change } from "../../store/change.ts";
import type { Projector } from "./projector.ts";

type Spent = Pick<EventDataOf<"compaction.ended">, "usage" | "cost">;

const charge = (sessionId: SessionId, { usage, cost }: Spent): Change => ({
  op: "update",
  table: "session",
  where: { sessionId },
  add: {
    inputTokens: usage.input,
    outputTokens: usage.output,
    cost,
    activityTokens: usage.input + usage.output,
    activityCost: cost,
  },
  expect: "one",
});

/** Requests that were withdrawn meanwhile stay so. */
const settle = (messageIds: readonly MessageId[], seq: number): readonly Change[] =>
  messageIds.length === 0
    ? []
    : [
        {
          op: "update",
          table: "input",
          where: { messageId: messageIds, state: "pending", kind: "compaction" },
          set: { state: "settled", withdrawnSeq: seq, version: seq },
          expect: "any",
        },
      ];

/** Row changes of a session's compactions: one at a time, and the last summary counts. */
export const projectCompaction = {
  "compaction.started": ({ sessionId, seq, data }) => [
    { op: "require", table: "execution", where: { executionId: data.executionId, state: "open" }, expect: "some" },
    {
      op: "insert",
      table: "compaction",
      // As if one had come to nothing before the first.
      row: {
        sessionId,
        seq,
        state: "aborted",
        endedSeq: seq,
        streak: 0,
        summarySeq: null,
        throughSeq: -1,
        summary: "",
      },
      orKeep: true,
    },
    {
      op: "update",
      table: "compaction",
      where: { sessionId, state: ["ended", "failed", "aborted"] },
      set: { seq, state: "open", endedSeq: null },
      expect: "one",
    },
  ],
  "compaction.ended": ({ sessionId, seq, data }) => [
    {
      op: "update",
      table: "compaction",
      where: { sessionId, state: "open" },
      set: {
        state: "ended",
        endedSeq: seq,
        streak: data.streak,
        summarySeq: seq,
        throughSeq: data.throughSeq,
        summary: data.summary,
      },
      expect: "one",
    },
    // What the model is told of the system context is told anew, as it is then.
    ...closeEpoch(sessionId),
    charge(sessionId, data),
    ...settle(data.settles, seq),
  ],
  "compaction.failed": ({ sessionId, seq, data }) => [
    {
      op: "update",
      table: "compaction",
      where: { sessionId, state: "open" },
      set: { state: data.failure.class === "aborted" ? "aborted" : "failed", endedSeq: seq, streak: data.streak },
      expect: "one",
    },
    charge(sessionId, data),
    ...settle(data.settles, seq),
  ],
} satisfies {
  readonly [T in "compaction.started" | "compaction.ended" | "compaction.failed"]: Projector<T>;
};

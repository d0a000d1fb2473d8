import { rulesText } from "../../permission/rule.ts";

import type { Change } from "../../store/change.ts";
import type { Projector } from "./projector.ts";

/** Row changes of an execution's events. */
export const projectExecution = {
  "execution.started": ({ sessionId, seq, data }) => {
    const changes: Change[] = [
      { op: "require", table: "execution", where: { state: "open" }, expect: "none" },
      {
        op: "insert",
        table: "execution",
        row: {
          sessionId,
          executionId: data.executionId,
          seq,
          state: "open",
          runtime: data.runtime,
          denies: rulesText(data.denies),
          interruptSeq: null,
          outcome: null,
          endedSeq: null,
        },
      },
    ];
    if (data.woken.length > 0) {
      changes.push({
        op: "update",
        table: "input",
        where: { messageId: data.woken },
        set: { awake: 1 },
        expect: "any",
      });
    }
    return changes;
  },
  "execution.recovered": ({ data }) => [
    { op: "require", table: "execution", where: { executionId: data.executionId, state: "open" }, expect: "some" },
  ],
  "execution.ended": ({ sessionId, seq, data }) => {
    const changes: Change[] = [
      {
        op: "update",
        table: "execution",
        where: { executionId: data.executionId, state: "open" },
        set: { state: "ended", outcome: data.outcome, endedSeq: seq },
        expect: "one",
      },
      { op: "require", table: "step", where: { state: "open" }, expect: "none" },
      { op: "require", table: "ask", where: { state: "open" }, expect: "none" },
      { op: "require", table: "compaction", where: { sessionId, state: "open" }, expect: "none" },
    ];
    // So a wake of another process that lands while the owner is ending is never lost: the end is refused, and drains on.
    if (data.outcome === "completed") {
      changes.push({ op: "require", table: "input", where: { state: "pending", awake: 1 }, expect: "none" });
    }
    return changes;
  },
  "interrupt.requested": ({ seq, data }) => [
    {
      op: "update",
      table: "execution",
      where: { executionId: data.executionId, state: "open" },
      set: { interruptSeq: seq },
      expect: "one",
    },
  ],
} satisfies {
  readonly [T in "execution.started" | "execution.recovered" | "execution.ended" | "interrupt.requested"]: Projector<T>;
};

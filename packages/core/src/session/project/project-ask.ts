import type { Change } from "../../store/change.ts";
import type { DurableEvent } from "../../event/catalogue.ts";
import type { Projector } from "./projector.ts";

const close = (
  { seq, data }: DurableEvent<"ask.answered" | "ask.expired">,
  state: "answered" | "expired",
  identity: { readonly identity?: string } = {},
): readonly Change[] => [
  {
    op: "update",
    table: "ask",
    where: { askId: data.askId, state: "open", ...identity },
    set: { state, closedSeq: seq },
    expect: "one",
  },
];

/** Row changes of an ask's events: open, then answered or expired, once. */
export const projectAsk = {
  "ask.opened": ({ sessionId, seq, data }) => {
    const { askId, executionId, callId, identity, shown, expires } = data;
    const changes: Change[] = [
      { op: "require", table: "execution", where: { executionId, state: "open" }, expect: "some" },
      { op: "require", table: "ask", where: { identity, state: "open" }, expect: "none" },
      {
        op: "insert",
        table: "ask",
        row: {
          sessionId,
          askId,
          executionId,
          callId: callId ?? null,
          kind: shown.kind,
          identity,
          state: "open",
          seq,
          closedSeq: null,
          expires: expires ?? null,
        },
      },
    ];
    // Whether something is done is asked before it begins; what became of it, after.
    const state = shown.kind === "unknown-effect" ? "begun" : "called";
    if (callId !== undefined) changes.push({ op: "require", table: "call", where: { callId, state }, expect: "some" });
    return changes;
  },
  "ask.answered": (event) => close(event, "answered", { identity: event.data.identity }),
  "ask.expired": (event) => close(event, "expired"),
} satisfies { readonly [T in "ask.opened" | "ask.answered" | "ask.expired"]: Projector<T> };

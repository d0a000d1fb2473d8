import type { AskKind } from "../../event/ask-events.ts";
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

// Whether something is done is asked before it begins, also before it begins again under stricter rules; what became of it, after.
const states: Record<AskKind, "called" | "begun" | readonly ("called" | "begun")[]> = {
  permission: ["called", "begun"],
  question: "called",
  "unknown-effect": "begun",
  budget: "called",
  recovery: ["called", "begun"],
};

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
    // Two processes that find the same dead owner ask once.
    if (shown.kind === "recovery") {
      const where = { executionId, kind: shown.kind, state: "open" } as const;
      changes.unshift({ op: "require", table: "ask", where, expect: "none" });
    }
    if (callId !== undefined)
      changes.push({ op: "require", table: "call", where: { callId, state: states[shown.kind] }, expect: "some" });
    return changes;
  },
  "ask.answered": (event) => close(event, "answered", { identity: event.data.identity }),
  "ask.expired": (event) => close(event, "expired"),
} satisfies { readonly [T in "ask.opened" | "ask.answered" | "ask.expired"]: Projector<T> };

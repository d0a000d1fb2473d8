import type { AskRow, ExecutionRow, RowSnapshot } from "../src/store/rows.ts";
import type { Happening } from "./happening.ts";

/** Questions that may be asked, and answers to those that are open. */
export const ofAsks = ({ executionId }: ExecutionRow, rows: RowSnapshot, name: string): readonly Happening[] => {
  const ask = { askId: `ask_${name}`, executionId, identity: name.padStart(64, "0") };
  const budget = { kind: "budget", limit: "tokens", used: 1, allowed: 1 };
  const permission = { kind: "permission", tool: "t", action: "t", resources: ["*"], always: [] };
  const effect = { kind: "unknown-effect", tool: "t", effect: null, attempt: 1, found: "unknown" };
  const shown = { called: permission, begun: effect };
  return [
    [["ask.opened", { ...ask, shown: budget }]],
    ...rows.call.flatMap(({ callId, state }): readonly Happening[] =>
      state === "settled" ? [] : [[["ask.opened", { ...ask, callId, shown: shown[state] }]]],
    ),
    ...rows.ask.filter(({ state }) => state === "open").flatMap((open) => answersTo(open)),
  ];
};

const answersTo = ({ askId, identity, kind }: AskRow): readonly Happening[] => {
  const reply = { permission: "once", budget: "continue", "unknown-effect": "happened" }[kind as string];
  return [
    [["ask.answered", { askId, identity, answer: { kind, reply } }]],
    [["ask.expired", { askId, reason: "dismissed" }]],
  ];
};

import type { ExecutionRow, RowSnapshot } from "../src/store/rows.ts";
import type { Happening } from "./happening.ts";

const model = { id: "m" };
const digest = "0".repeat(64);

/** Awake requests to compact are answered by the end of one; others begin for no request. */
export const ofCompaction = ({ executionId }: ExecutionRow, rows: RowSnapshot, name: string): readonly Happening[] => {
  const settles = rows.input
    .filter(({ kind, state, awake }) => kind === "compaction" && state === "pending" && awake === 1)
    .map(({ messageId }) => messageId);
  const throughSeq = Math.max(0, ...rows.message.map(({ seq }) => seq));
  if (!rows.compaction.some(({ state }) => state === "open")) {
    const reason = settles.length > 0 ? "requested" : "threshold";
    const estimate = { input: 10, cost: 0.1 };
    const start = { executionId, reason, attempt: 1, model, throughSeq, requestHash: digest, estimate };
    return [[["compaction.started", start]]];
  }
  const usage = { input: 10, output: 2, reasoning: 0, cacheRead: 0, cacheWrite: 0 };
  const spent = { usage, cost: 0.1, settles, streak: 0 };
  const failed = (failureClass: string): Happening => [
    ["compaction.failed", { failure: { class: failureClass, message: name }, ...spent, settles: [], streak: 1 }],
  ];
  const tokens = { before: 20, after: 10 };
  const ended = { throughSeq, summary: `summary ${name}`, tokens, ...spent };
  return [failed("transport"), failed("aborted"), [["compaction.ended", ended]]];
};

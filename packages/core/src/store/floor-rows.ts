import { RowSet } from "./row-set.ts";

import type { SessionId } from "../ids/id.ts";
import type { Floor, FrozenMessage } from "./floor.ts";
import type { MessageRow, RowSnapshot } from "./rows.ts";

/** What of a session's rows a floor keeps: the session's row, its todos, its system context, its summary, and its latest execution, step and attempt. */
export const floorRowsOf = (sessionId: SessionId, rows: RowSnapshot): RowSnapshot => {
  const step = latest(rows.step);
  return {
    ...new RowSet(sessionId).snapshot(),
    session: rows.session,
    todo: rows.todo,
    compaction: rows.compaction,
    context: rows.context,
    execution: latest(rows.execution),
    step,
    attempt: latest(rows.attempt.filter(({ stepId }) => stepId === step[0]?.stepId)),
  };
};

/** Whether nothing is open: every input promoted, every call settled, every attempt, step and execution ended. See `RowSet.isSettled`. */
export const isSettled = (rows: RowSnapshot): boolean =>
  rows.input.every(({ state }) => state !== "pending") &&
  rows.call.every(({ state }) => state === "settled") &&
  rows.ask.every(({ state }) => state !== "open") &&
  [...rows.attempt, ...rows.step, ...rows.execution, ...rows.compaction].every(({ state }) => state !== "open");

/** Whether something that began at or below a position was open after it: then it can be no floor. */
export const isOpenAt = (
  { input, call, ask, attempt, step, execution, compaction }: RowSnapshot,
  at: number,
): boolean => {
  const spans = [
    ...input.map(({ seq, promotedSeq, withdrawnSeq }) => [seq, promotedSeq ?? withdrawnSeq] as const),
    ...call.map(({ calledSeq, settledSeq }) => [calledSeq, settledSeq] as const),
    ...ask.map(({ seq, closedSeq }) => [seq, closedSeq] as const),
    ...[...attempt, ...step, ...execution, ...compaction].map(({ seq, endedSeq }) => [seq, endedSeq] as const),
  ];
  return spans.some(([from, until]) => from <= at && (until === null || until > at));
};

/** The rows of a log that a floor leaves: those that began above it, those that the floor keeps, and every message's. */
export const rowsAbove = (rows: RowSnapshot, { seq, rows: kept }: Floor): RowSnapshot => ({
  session: rows.session,
  todo: rows.todo,
  compaction: rows.compaction,
  context: rows.context,
  message: rows.message,
  input: rows.input.filter((row) => row.seq > seq),
  block: rows.block.filter((row) => row.seq > seq),
  call: rows.call.filter((row) => row.calledSeq > seq),
  ask: rows.ask.filter((row) => row.seq > seq),
  execution: [...kept.execution, ...rows.execution.filter((row) => row.seq > seq)],
  step: [...kept.step, ...rows.step.filter((row) => row.seq > seq)],
  attempt: [...kept.attempt, ...rows.attempt.filter((row) => row.seq > seq)],
});

/** The row of a message, as it stays when the message is frozen. */
export const rowOfFrozen = (sessionId: SessionId, { messageId, seq, role }: FrozenMessage): MessageRow => ({
  sessionId,
  messageId,
  seq,
  role,
});

const latest = <T extends { readonly seq: number }>(rows: readonly T[]): readonly T[] => {
  const last = rows.reduce<T | null>((found, row) => (found === null || row.seq > found.seq ? row : found), null);
  return last === null ? [] : [last];
};

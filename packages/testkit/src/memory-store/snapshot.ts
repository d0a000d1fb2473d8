import { isFreshFor } from "@holdfast/core/session";

import { headOf } from "./memory-session.ts";

import type { OwnerRecord, RowSnapshot, SessionQuery, SessionRow, SessionSnapshot } from "@holdfast/core/store";
import type { MemorySession } from "./memory-session.ts";

/** All that decides what a session does next. */
export const readSnapshot = (session: MemorySession, owner: OwnerRecord | null): SessionSnapshot | null => {
  const head = headOf(session);
  const rows = session.rows.snapshot();
  const row = rows.session[0];
  if (row === undefined || head === null) return null;
  const execution = latest(rows.execution);
  const step = latest(rows.step.filter(({ executionId }) => executionId === execution?.executionId));
  return structuredClone({
    session: row,
    head,
    claim: session.claim,
    owner,
    execution,
    step,
    attempt: latest(rows.attempt.filter(({ stepId }) => stepId === step?.stepId)),
    calls: rows.call
      .filter(({ state }) => state !== "settled")
      .toSorted((left, right) => left.calledSeq - right.calledSeq),
    inputs: rows.input.filter(({ state }) => state === "pending").toSorted((left, right) => left.seq - right.seq),
    asks: rows.ask.filter(({ state }) => state === "open").toSorted((left, right) => left.seq - right.seq),
    compaction: rows.compaction[0] ?? null,
    progressSeq: progressOf(rows),
    replica: session.replica,
  });
};

/** Whether a session has work that nobody may be doing, as the runtime of this name sees it. */
export const isWorkload = (rows: RowSnapshot, runtime: string): boolean => {
  const last = latest(rows.execution);
  if (last?.state === "open") return last.runtime === runtime;
  return rows.input.some(({ state, awake, seq }) => state === "pending" && awake === 1 && isFreshFor(seq, last));
};

/** A page of sessions: newest first, then by ID, the greater first. */
export const pageOfSessions = (all: readonly SessionRow[], query: SessionQuery): readonly SessionRow[] =>
  all
    .filter((row) => isWanted(row, query))
    .toSorted(newestFirst)
    .filter((row) => query.before === undefined || newestFirst(row, query.before) > 0)
    .slice(0, query.limit);

type Place = Pick<SessionRow, "createdTime" | "sessionId">;

const newestFirst = (left: Place, right: Place): number =>
  right.createdTime - left.createdTime ||
  (left.sessionId === right.sessionId ? 0 : left.sessionId < right.sessionId ? 1 : -1);

const isWanted = (row: SessionRow, { directory, parentId, search }: SessionQuery): boolean =>
  (directory === undefined || row.directory === directory) &&
  (parentId === undefined || row.parentId === parentId) &&
  (search === undefined || lowerAscii(row.title).includes(lowerAscii(search)));

const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const latest = <T extends { readonly seq: number }>(rows: readonly T[]): T | null =>
  rows.reduce<T | null>((last, row) => (last === null || row.seq > last.seq ? row : last), null);

// Folded: a spread of so many arguments as a long session has calls overflows the stack.
const progressOf = (rows: RowSnapshot): number => {
  const settled = rows.call.reduce((last, { settledSeq }) => Math.max(last, settledSeq ?? -1), -1);
  return rows.step.reduce((last, { endedSeq }) => Math.max(last, endedSeq ?? -1), settled);
};

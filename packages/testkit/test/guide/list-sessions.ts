import { isFreshFor } from "@holdfast/core/session";

import type { ExecutionRow, RowSnapshot, SessionQuery, SessionRow } from "@holdfast/core/store";

type Place = Pick<SessionRow, "createdTime" | "sessionId">;

/** Newest first, then the greater ID first. */
export const newestFirst = (left: Place, right: Place): number => {
  if (left.createdTime !== right.createdTime) return right.createdTime - left.createdTime;
  return left.sessionId === right.sessionId ? 0 : left.sessionId < right.sessionId ? 1 : -1;
};

/** Whether a listing has the row. */
export const isWanted = (row: SessionRow, { directory, parentId, search, before }: SessionQuery): boolean =>
  (directory === undefined || row.directory === directory) &&
  (parentId === undefined || row.parentId === parentId) &&
  (search === undefined || lowerAscii(row.title).includes(lowerAscii(search))) &&
  (before === undefined || newestFirst(row, before) > 0);

/** The work of a session for a runtime: its open execution, or woken input that is fresh for the last one. Null for none. */
export const openExecutionOf = (
  rows: RowSnapshot,
  runtime: string,
): { readonly execution: ExecutionRow | null } | null => {
  const last = rows.execution.toSorted((left, right) => left.seq - right.seq).at(-1) ?? null;
  if (last?.state === "open") return last.runtime === runtime ? { execution: last } : null;
  const isFresh = rows.input.some(
    ({ state, awake, seq }) => state === "pending" && awake === 1 && isFreshFor(seq, last),
  );
  return isFresh ? { execution: null } : null;
};

const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

import type { HistoryPage, OwnerRecord, RowSnapshot, SessionSnapshot } from "@holdfast/core/store";
import type { JournalSession } from "./journal-state.ts";

const latest = <T extends { readonly seq: number }>(rows: readonly T[]): T | null =>
  rows.toSorted((left, right) => left.seq - right.seq).at(-1) ?? null;

/** All that decides what a session does next, from its rows. */
export const readSnapshot = (session: JournalSession, owner: OwnerRecord | null): SessionSnapshot | null => {
  const rows = session.rows.snapshot();
  const row = rows.session[0];
  if (row === undefined || session.head === null) return null;
  const execution = latest(rows.execution);
  const step = latest(rows.step.filter(({ executionId }) => executionId === execution?.executionId));
  return {
    session: row,
    head: session.head,
    claim: session.claim,
    owner,
    execution,
    step,
    attempt: latest(rows.attempt.filter(({ stepId }) => stepId === step?.stepId)),
    calls: rows.call.filter(({ state }) => state !== "settled").toSorted((a, b) => a.calledSeq - b.calledSeq),
    inputs: rows.input.filter(({ state }) => state === "pending").toSorted((a, b) => a.seq - b.seq),
    asks: rows.ask.filter(({ state }) => state === "open").toSorted((a, b) => a.seq - b.seq),
    compaction: rows.compaction[0] ?? null,
    progressSeq: Math.max(
      -1,
      ...rows.call.map(({ settledSeq }) => settledSeq ?? -1),
      ...rows.step.map(({ endedSeq }) => endedSeq ?? -1),
    ),
    replica: null,
  };
};

/** A page of messages, and every event that they are made of. */
export const readHistory = (session: JournalSession, after: number, limit: number): HistoryPage | null => {
  if (session.head === null || session.tombstone !== null) return null;
  const rows = session.rows.snapshot();
  const messages = rows.message
    .filter(({ seq }) => seq > after)
    .toSorted((a, b) => a.seq - b.seq)
    .slice(0, limit);
  const seqs = new Set(messages.flatMap(({ messageId }) => seqsOf(rows, messageId)));
  return { messages, events: session.log.filter(({ seq }) => seqs.has(seq)), frozen: [], head: session.head };
};

const seqsOf = (rows: RowSnapshot, messageId: string): readonly (number | null)[] => {
  const isOf = (row: { readonly messageId: string }) => row.messageId === messageId;
  const attempts = rows.attempt.filter(isOf);
  const steps = rows.step.filter(({ stepId }) => attempts.some((attempt) => attempt.stepId === stepId));
  return [
    ...rows.input.filter(isOf).flatMap(({ seq, valueSeq, promotedSeq }) => [seq, valueSeq, promotedSeq]),
    ...rows.message.filter((row) => isOf(row) && row.role === "system").map(({ seq }) => seq),
    ...attempts.flatMap(({ seq, endedSeq }) => [seq, endedSeq]),
    ...steps.map(({ seq }) => seq),
    ...rows.block.filter(isOf).map(({ seq }) => seq),
    ...rows.call.filter(isOf).flatMap(({ calledSeq, begunSeq, settledSeq }) => [calledSeq, begunSeq, settledSeq]),
  ];
};

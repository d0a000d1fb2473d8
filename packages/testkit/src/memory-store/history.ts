import { headOf } from "./memory-session.ts";

import type { HistoryPage, RowSnapshot } from "@holdfast/core/store";
import type { MemorySession } from "./memory-session.ts";

/** A page of messages, and every event that they are made of. */
export const readHistory = (session: MemorySession, after: number, limit: number): HistoryPage | null => {
  const head = headOf(session);
  if (head === null) return null;
  const rows = session.rows.snapshot();
  const messages = rows.message
    .filter(({ seq }) => seq > after)
    .toSorted((left, right) => left.seq - right.seq)
    .slice(0, limit);
  const seqs = new Set(messages.flatMap((message) => seqsOf(rows, message.messageId)));
  const ids = new Set(messages.map(({ messageId }) => messageId));
  return {
    messages: structuredClone(messages),
    events: session.log.filter(({ seq }) => seqs.has(seq)),
    frozen: structuredClone(session.frozen.filter(({ messageId }) => ids.has(messageId))),
    head,
  };
};

const seqsOf = (rows: RowSnapshot, messageId: string): readonly number[] => {
  const inputs = rows.input
    .filter((row) => row.messageId === messageId)
    .flatMap((row) => [row.seq, row.valueSeq, row.promotedSeq]);
  const told = rows.message.filter((row) => row.messageId === messageId && row.role === "system").map(({ seq }) => seq);
  const attempts = rows.attempt.filter((row) => row.messageId === messageId);
  const stepIds = new Set(attempts.map(({ stepId }) => stepId));
  const steps = rows.step.filter(({ stepId }) => stepIds.has(stepId)).map(({ seq }) => seq);
  const blocks = rows.block.filter((row) => row.messageId === messageId).map(({ seq }) => seq);
  const calls = rows.call
    .filter((row) => row.messageId === messageId)
    .flatMap(({ calledSeq, begunSeq, settledSeq }) => [calledSeq, begunSeq, settledSeq]);
  return [
    ...inputs,
    ...told,
    ...attempts.flatMap(({ seq, endedSeq }) => [seq, endedSeq]),
    ...steps,
    ...blocks,
    ...calls,
  ].filter((seq) => seq !== null);
};

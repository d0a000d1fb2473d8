import { importMalformed } from "./import-refusals.ts";
import { RowSet } from "./row-set.ts";

import type { DurableEvent } from "../event/catalogue.ts";
import type { ImportBatch } from "./import-batch.ts";
import type { ImportGround } from "./import-ground.ts";
import type { SealedDraft } from "./seal-plan.ts";

/**
 * Up to where a session's log copies another's; -1 where it is no fork. What a fork's first event names must be a settled boundary of
 * its log; where a batch ends before it, that is taken on trust.
 *
 * @throws import.malformed
 */
export const checkFork = (
  batch: ImportBatch,
  ground: ImportGround,
  { events, drafts }: { readonly events: readonly DurableEvent[]; readonly drafts: readonly SealedDraft[] },
): number => {
  const first = events[0];
  if (ground.head !== null) return ground.forkedSeq;
  if (first?.type !== "session.created" || first.data.forkedFrom === undefined) return -1;
  const { seq } = first.data.forkedFrom;
  const last = drafts.at(-1)?.sealed.seq ?? -1;
  const place = { sessionId: batch.sessionId, seq: first.seq };
  if (seq > last && batch.as === "native") throw importMalformed(place, "a fork up to a place in its log", `${seq}`);
  if (seq <= last && !isBoundary(batch, drafts, seq)) {
    throw importMalformed(place, "a fork up to a settled boundary", `event ${seq}`);
  }
  return seq;
};

const isBoundary = ({ sessionId }: ImportBatch, drafts: readonly SealedDraft[], seq: number): boolean => {
  if (seq > 0 && drafts[seq]?.sealed.type !== "execution.ended") return false;
  const rows = new RowSet(sessionId);
  for (const change of drafts.slice(0, seq + 1).flatMap(({ changes }) => changes)) rows.apply(change);
  return rows.isSettled();
};

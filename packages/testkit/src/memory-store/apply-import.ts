import { decodeEvent } from "@holdfast/core/event";
import { checkImport, isDeletion, RowSet, rowOfFrozen } from "@holdfast/core/store";

import { sha256 } from "../sha256.ts";
import { asStored, emptySession, entomb, headOf, referencesOf, tombstoneOf } from "./memory-session.ts";

import type { Blob, SealedEnvelope } from "@holdfast/core/event";
import type {
  AdmissionRow,
  CheckedImport,
  ClaimRow,
  ImportBatch,
  ImportGround,
  ImportResult,
} from "@holdfast/core/store";
import type { MemorySession } from "./memory-session.ts";

/** What came of an import: nothing, or the session as it is from now on. */
export interface AppliedImport {
  readonly result: ImportResult;
  readonly session: MemorySession | null;
  readonly events: readonly SealedEnvelope[];
  readonly blobs: readonly Blob[];
  readonly admissions: readonly AdmissionRow[];
}

type Checked = CheckedImport & { readonly status: "imported" };

/** What an import means, without doing it. */
export const applyImport = (
  batch: ImportBatch,
  session: MemorySession | null,
  reads: Pick<ImportGround, "usedIds" | "hasBlob" | "admissionOf">,
): AppliedImport => {
  const head = headOf(session);
  const hashes = new Map(session?.log.map(({ seq, hash }) => [seq, hash]));
  const { floor = null, replica = null } = session ?? {};
  const fence = session?.claim?.fence ?? 0;
  const checked = checkImport(
    batch,
    {
      head,
      tombstone: tombstoneOf(session),
      floor,
      replica,
      fence,
      forkedSeq: forkedSeqOf(session),
      hashAt: (seq) => hashes.get(seq) ?? null,
      ...reads,
    },
    sha256,
  );
  if (checked.status === "skipped") {
    return {
      result: { status: "skipped", head, added: 0, duplicates: 0 },
      session,
      events: [],
      blobs: [],
      admissions: [],
    };
  }
  const events = checked.fresh.map(asStored);
  const next = join(batch, session, checked);
  const { duplicates, blobs, admissions } = checked;
  const result = { status: "imported", head: headOf(next), added: events.length, duplicates } as const;
  return { result, session: next, events, blobs, admissions };
};

const forkedSeqOf = (session: MemorySession | null): number => {
  const first = session?.log[0];
  const event = first?.type === "session.created" ? decodeEvent(first) : null;
  return event?.type === "session.created" ? (event.data.forkedFrom?.seq ?? -1) : -1;
};

const join = (batch: ImportBatch, session: MemorySession | null, checked: Checked): MemorySession => {
  const before = session ?? begin(batch, checked);
  const rows = before.rows.clone();
  for (const change of checked.fresh.flatMap(({ changes }) => changes)) rows.apply(change);
  const joined = {
    ...before,
    log: [...before.log, ...checked.fresh.map(asStored)],
    rows,
    references: [...before.references, ...referencesOf(checked.fresh)],
    replica: checked.replica,
  };
  const whole = { ...joined, claim: raiseFence(joined, batch, checked.fence) };
  return isDeletion(joined.log) ? entomb(whole, batch.sessionId) : whole;
};

const begin = ({ sessionId }: ImportBatch, { floor }: Checked): MemorySession => {
  if (floor === null) return emptySession(sessionId);
  const message = floor.messages.map((frozen) => rowOfFrozen(sessionId, frozen));
  const rows = RowSet.restore(sessionId, { ...floor.floor.rows, message });
  return { ...emptySession(sessionId), rows, ...structuredClone({ floor: floor.floor, frozen: floor.messages }) };
};

// Nobody's claim, so that the next one that is taken has a fence greater than any in the log.
const raiseFence = (session: MemorySession, { sessionId }: ImportBatch, fence: number): ClaimRow | null =>
  fence <= (session.claim?.fence ?? 0)
    ? session.claim
    : { sessionId, owner: null, fence, recoveries: 0, takenSeq: headOf(session)?.seq ?? -1 };

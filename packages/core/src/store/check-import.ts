import { blobRefsOf, blobsOf } from "../event/blobs-of.ts";
import { utf8Bytes } from "../event/blob-ref.ts";
import { decodeEvent } from "../event/decode.ts";
import { project } from "../session/project/project.ts";
import { checkChain } from "./check-chain.ts";
import { checkFloor } from "./check-floor.ts";
import { assertNotDeleted } from "./deletion.ts";
import { checkFork } from "./check-fork.ts";
import { importAdmissions } from "./import-admissions.ts";
import { importMalformed, importNotReplica, importOwner, importReusedId } from "./import-refusals.ts";
import { blobMissing } from "./refusals.ts";

import type { Blob } from "../event/blob-ref.ts";
import type { DurableEvent } from "../event/catalogue.ts";
import type { Hash } from "../ports/hash.ts";
import type { FreshEvent } from "./check-chain.ts";
import type { ImportBatch } from "./import-batch.ts";
import type { ImportGround } from "./import-ground.ts";
import type { AdmissionRow } from "./plan.ts";
import type { ReplicaRow } from "./replica.ts";
import type { SealedDraft } from "./seal-plan.ts";

/** What an import means, without doing it. */
export type CheckedImport =
  | { readonly status: "skipped" }
  | {
      readonly status: "imported";
      /** The floor to keep, with its rows and the messages below it: for a new session that was pruned in its source. */
      readonly floor: NonNullable<ImportBatch["floor"]> | null;
      /** The events to insert, word for word, and the row changes to apply after each. */
      readonly fresh: readonly SealedDraft[];
      /** Those of the batch's blobs that the new events refer to. */
      readonly blobs: readonly Blob[];
      readonly admissions: readonly AdmissionRow[];
      /** The highest fence in the batch; 0 for none. The session's claim row, free where there is none yet, must not stay below it. */
      readonly fence: number;
      /** The row to write in place of the one before; null for a native session. */
      readonly replica: ReplicaRow | null;
      readonly duplicates: number;
    };

/**
 * Whether a batch may be imported, and what it comes to. The same rule in every store; pure but for what the ground reads. The store
 * then applies floor, events and changes in its transaction, where a condition that does not hold still refuses the whole.
 *
 * @throws session.deleted, import.*, event.unknown-type, event.invalid-data, store.blob-missing, input.conflict, each with the position in its data.
 */
export const checkImport = (batch: ImportBatch, ground: ImportGround, hash: Hash): CheckedImport => {
  assertNotDeleted(batch.sessionId, ground.tombstone);
  const replica = decideReplica(batch, ground);
  if (replica === "skip") return { status: "skipped" };
  const floor = checkFloor(batch, ground, hash);
  const { fresh, duplicates } = checkChain(batch, ground, hash);
  assertBeginning(batch, ground, fresh);
  assertEnd(batch, fresh);
  assertNewIds(batch, ground, fresh);
  const decoded = fresh.map(({ sealed }) => decodeEvent(sealed));
  const events = decoded.filter((event) => event !== null);
  const drafts = fresh.map((event, index): SealedDraft => {
    const known = decoded[index] ?? null;
    return { ...event, changes: known === null ? [] : project(known), blobs: known === null ? [] : blobsOf(known) };
  });
  const fences = fresh.map(({ sealed }) => sealed.fence ?? 0);
  return {
    status: "imported",
    floor,
    fresh: drafts,
    blobs: checkBlobs(batch, ground, { drafts, events, hash }),
    admissions: importAdmissions(batch, ground, { events, forkedSeq: checkFork(batch, ground, { events, drafts }) }),
    fence: fences.reduce((highest, fence) => Math.max(highest, fence), floor?.floor.fence ?? 0),
    replica,
    duplicates,
  };
};

const decideReplica = (batch: ImportBatch, ground: ImportGround): ReplicaRow | null | "skip" => {
  const { sessionId, replayOwner = null, strict = false } = batch;
  if (ground.head === null) return batch.as === "native" ? null : { sessionId, replayOwner };
  if (ground.replica === null) throw importNotReplica(sessionId, "a session of this store's own");
  if (batch.as === "native") throw importNotReplica(sessionId, "a replica, and a batch that makes a native session");
  const owner = ground.replica.replayOwner;
  if (owner === null || owner === replayOwner) return { sessionId, replayOwner: owner ?? replayOwner };
  if (strict) throw importOwner(sessionId, owner, replayOwner);
  return "skip";
};

const assertBeginning = (
  { sessionId, floor }: ImportBatch,
  { head }: ImportGround,
  fresh: readonly FreshEvent[],
): void => {
  const first = fresh[0]?.sealed;
  if (head !== null || floor !== undefined || first === undefined || first.type === "session.created") return;
  throw importMalformed({ sessionId, seq: first.seq }, "session.created", first.type);
};

const assertEnd = ({ sessionId }: ImportBatch, fresh: readonly FreshEvent[]): void => {
  const early = fresh.findIndex(({ sealed }) => sealed.type === "session.deleted");
  const next = early < 0 ? undefined : fresh[early + 1]?.sealed;
  if (next !== undefined)
    throw importMalformed({ sessionId, seq: next.seq }, "nothing after session.deleted", next.type);
};

const assertNewIds = ({ sessionId, events }: ImportBatch, ground: ImportGround, fresh: readonly FreshEvent[]): void => {
  const seen = new Set<string>();
  for (const { id, seq } of events) {
    if (seen.has(id)) throw importReusedId({ sessionId, seq, id }, "an ID of its own", `${id}, twice in the batch`);
    seen.add(id);
  }
  const used = fresh.length === 0 ? new Map<string, string>() : ground.usedIds(fresh.map(({ sealed }) => sealed.id));
  for (const { sealed } of fresh) {
    const by = used.get(sealed.id);
    if (by === undefined) continue;
    const place = { sessionId, seq: sealed.seq, id: sealed.id };
    throw importReusedId(place, "an ID of its own", `${sealed.id}, which an event of session ${by} has`);
  }
};

interface Checking {
  readonly drafts: readonly SealedDraft[];
  readonly events: readonly DurableEvent[];
  readonly hash: Hash;
}

const checkBlobs = (
  { sessionId, blobs = [] }: ImportBatch,
  ground: ImportGround,
  { drafts, events, hash }: Checking,
): readonly Blob[] => {
  const given = new Map(blobs.map((blob) => [blob.hash, blob]));
  const first = drafts[0]?.sealed.seq ?? 0;
  for (const blob of given.values()) {
    if (typeof blob.text === "string" && hash(blob.text) === blob.hash && utf8Bytes(blob.text) === blob.bytes) continue;
    const place = { sessionId, seq: first, blob: blob.hash };
    throw importMalformed(place, `the text of blob ${blob.hash}`, "another");
  }
  for (const event of events) {
    const other = blobRefsOf(event).find(({ $blob, bytes }) => (given.get($blob)?.bytes ?? bytes) !== bytes);
    if (other === undefined) continue;
    const place = { sessionId, seq: event.seq, blob: other.$blob };
    throw importMalformed(place, `a reference to ${given.get(other.$blob)?.bytes} bytes`, `one to ${other.bytes}`);
  }
  const wanted = new Set<string>();
  for (const draft of drafts) {
    const missing = draft.blobs.find((name) => !given.has(name) && !ground.hasBlob(name));
    if (missing !== undefined) throw blobMissing(missing, { sessionId, seq: draft.sealed.seq });
    for (const name of draft.blobs) wanted.add(name);
  }
  return [...given.values()].filter((blob) => wanted.has(blob.hash));
};

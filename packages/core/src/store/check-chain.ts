import { genesisHash, sealedEnvelopeSchema, sealEnvelope } from "../event/envelope.ts";
import { fenceFault } from "./fence-fault.ts";
import { importBrokenChain, importDivergent, importForeign, importGap, importMalformed } from "./import-refusals.ts";
import { issueText } from "./issue-text.ts";

import type { SealedEnvelope } from "../event/envelope.ts";
import type { Hash } from "../ports/hash.ts";
import type { ImportBatch } from "./import-batch.ts";
import type { ImportGround } from "./import-ground.ts";

/** An event that the log does not hold yet, whose hash and links were checked. */
export interface FreshEvent {
  readonly sealed: SealedEnvelope;
  /** Canonical JSON of its data. */
  readonly dataText: string;
}

/** What of a batch is new, after every event of it was checked. */
export interface CheckedChain {
  readonly fresh: readonly FreshEvent[];
  readonly duplicates: number;
}

/**
 * Walks the events of a batch: each is of the session, follows on the one before, and has the hash that it should have; the first
 * follows on what the store holds, and where both hold an event, it is the same. Those below the store's own floor are told apart by
 * nothing any more and are passed over. Each has the fence that its type must have, and none a lower one than an event before it.
 */
export const checkChain = (batch: ImportBatch, ground: ImportGround, hash: Hash): CheckedChain => {
  const { sessionId } = batch;
  const head = ground.head?.seq ?? -1;
  let seq = firstSeq(batch, ground);
  let prevHash: string | undefined;
  let highest = batch.floor?.floor.fence ?? 0;
  const fresh: FreshEvent[] = [];
  for (const given of batch.events) {
    const place = { sessionId, seq };
    const event = readEnvelope(given, batch, seq);
    if (event.seq !== seq) throw importGap(place, `event ${seq}`, `event ${event.seq}`);
    if (prevHash === undefined) assertJoins(event, batch, ground);
    else if (event.prevHash !== prevHash) {
      throw importBrokenChain(place, `a link to ${prevHash}`, `one to ${event.prevHash}`);
    }
    const sealed = seal(event, hash);
    const here = seq <= head ? hashAt(ground, seq) : null;
    if (here !== null && here !== event.hash) {
      throw importDivergent(place, `the event whose hash is ${here}`, `one whose hash is ${event.hash}`);
    }
    if (seq > head) {
      // What the log here holds has the fences that were checked when it came.
      highest = Math.max(highest, ground.fence);
      fresh.push(sealed);
    }
    const fault = fenceFault(event, highest);
    if (fault !== null) throw importMalformed(place, fault.expected, fault.found);
    highest = Math.max(highest, event.fence ?? 0);
    prevHash = event.hash;
    seq += 1;
  }
  assertContinues(fresh, ground);
  return { fresh, duplicates: batch.events.length - fresh.length };
};

/** Where the batch may begin: at its own floor, else anywhere up to right after the log's end. */
const firstSeq = ({ sessionId, floor, events }: ImportBatch, ground: ImportGround): number => {
  const next = (ground.head?.seq ?? -1) + 1;
  const given = events[0]?.seq;
  if (floor !== undefined) return floor.floor.seq + 1;
  if (given === undefined && ground.head === null) {
    throw importGap({ sessionId, seq: 0 }, "the event that creates the session", "no event and no floor");
  }
  if (given === undefined || !Number.isInteger(given) || given < 0) return next;
  return Math.min(given, next);
};

/** Refused before their hash is looked at: a wrong shape, and another session. Members that no hash covers are left out. */
const readEnvelope = (given: SealedEnvelope, { sessionId }: ImportBatch, seq: number): SealedEnvelope => {
  const parsed = sealedEnvelopeSchema.safeParse(given);
  if (!parsed.success) throw importMalformed({ sessionId, seq }, "an envelope", issueText(parsed.error));
  if (parsed.data.sessionId === sessionId) return parsed.data;
  throw importForeign({ sessionId, seq }, "an event of the session", `one of ${parsed.data.sessionId}`);
};

/** However the walk came there: what is new chains to the very end of what is here. */
const assertContinues = ([first]: readonly FreshEvent[], { head }: ImportGround): void => {
  if (first === undefined || head === null || first.sealed.prevHash === head.hash) return;
  const place = { sessionId: first.sealed.sessionId, seq: head.seq };
  throw importDivergent(place, `the event whose hash is ${head.hash}`, `one whose hash is ${first.sealed.prevHash}`);
};

const assertJoins = (event: SealedEnvelope, { sessionId, floor }: ImportBatch, ground: ImportGround): void => {
  const before = event.seq - 1;
  if (before < 0 || before === floor?.floor.seq) {
    const expected = before < 0 ? genesisHash : (floor?.floor.hash ?? genesisHash);
    if (event.prevHash === expected) return;
    throw importBrokenChain({ sessionId, seq: event.seq }, `a link to ${expected}`, `one to ${event.prevHash}`);
  }
  const here = hashAt(ground, before);
  if (here === null || here === event.prevHash) return;
  throw importDivergent(
    { sessionId, seq: before },
    `the event whose hash is ${here}`,
    `one whose hash is ${event.prevHash}`,
  );
};

/** The hash that the store's log has at a position, its floor and its end included; null where it is not told any more. */
export const hashAt = ({ head, floor, hashAt: read }: ImportGround, seq: number): string | null => {
  if (seq === head?.seq) return head.hash;
  return seq === floor?.seq ? floor.hash : read(seq);
};

const seal = (event: SealedEnvelope, hash: Hash): FreshEvent => {
  const { hash: given, ...envelope } = event;
  const place = { sessionId: event.sessionId, seq: event.seq };
  try {
    const { sealed, dataText } = sealEnvelope(envelope, hash);
    if (sealed.hash === given) return { sealed, dataText };
    throw importBrokenChain(place, `the hash ${sealed.hash} of what it holds`, given);
  } catch (error) {
    // Canonical JSON refuses what could never have been sealed, such as half a surrogate pair.
    if (!(error instanceof TypeError)) throw error;
    throw importBrokenChain(place, "data that can be sealed", error.message);
  }
};

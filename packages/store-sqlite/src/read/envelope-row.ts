import { HoldfastError } from "@holdfast/core";
import { genesisHash } from "@holdfast/core/event";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { EventTypes } from "../event-types.ts";

/** An event's row, as the driver returns it: see `envelopeColumns`. */
export interface EnvelopeRow extends Pick<SealedEnvelope, "seq" | "id" | "version" | "time" | "fence" | "hash"> {
  readonly typeKey: number;
  readonly ignorable: number;
  readonly data: string;
}

/**
 * The columns of an event's row. Its hash is made a text by SQLite: a buffer of each would cost as much as all the rest of the row
 * (measured, 100,000 rows: 70 ms against 112).
 */
export const envelopeColumns =
  "event.seq, 'evt_' || event.id as id, typeKey, version, time, fence, ignorable, lower(hex(event.hash)) as hash, data";

/** What rows do not say by themselves. */
interface Surroundings {
  readonly sessionId: SessionId;
  readonly types: EventTypes;
}

/**
 * A stored row as the envelope that was sealed. The hash before is that of the row before, and is not stored twice; where there is no
 * such row, it is 64 zeros.
 *
 * @throws store.corrupt where its data are no JSON any more: SQLite's own checks do not see a byte that changed in a text.
 */
export const toEnvelope = (
  row: EnvelopeRow,
  before: string | null,
  { sessionId, types }: Surroundings,
): SealedEnvelope => {
  const { seq, id, version, time, fence, hash } = row;
  const type = types.nameOf(row.typeKey);
  const prevHash = before ?? genesisHash;
  const data = parse(row.data, sessionId, seq);
  // Literals: copying members one by one made a replay a fifth slower (measured).
  return row.ignorable === 1
    ? { sessionId, seq, id, type, version, time, fence, prevHash, hash, ignorable: true, data }
    : { sessionId, seq, id, type, version, time, fence, prevHash, hash, data };
};

const parse = (data: string, sessionId: SessionId, seq: number): SealedEnvelope["data"] => {
  try {
    return JSON.parse(data) as SealedEnvelope["data"];
  } catch (error) {
    throw new HoldfastError("store.corrupt", {
      message: `Expected JSON as the data of event ${seq} of session ${sessionId}, found damage. Keep the file, and restore it from a backup, or the session from an export.`,
      data: { sessionId, seq },
      cause: error,
    });
  }
};

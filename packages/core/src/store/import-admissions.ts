import { HoldfastError } from "../errors/holdfast-error.ts";
import { admissionRowSchema } from "./floor-schema.ts";
import { importMalformed } from "./import-refusals.ts";
import { issueText } from "./issue-text.ts";

import type { DurableEvent } from "../event/catalogue.ts";
import type { ImportBatch } from "./import-batch.ts";
import type { ImportGround } from "./import-ground.ts";
import type { AdmissionRow } from "./plan.ts";

/**
 * The identities that an import brings: one for each `input.admitted`, and below a floor those that the batch names, each of a frozen
 * message or of an input that was withdrawn; not every such message has one, as a fork's have none. The inputs that
 * a fork has from its source keep the source's identities and get none of their own; so does one whose message is known from
 * another session already, where it brings no key that would be lost.
 *
 * @throws input.conflict where an identity is in use for another input, or a key would be lost; import.malformed for one that is given
 * twice, or to no message.
 */
export const importAdmissions = (
  batch: ImportBatch,
  ground: ImportGround,
  { events, forkedSeq }: { readonly events: readonly DurableEvent[]; readonly forkedSeq: number },
): readonly AdmissionRow[] => {
  const rows = events.flatMap((event) =>
    event.type === "input.admitted" && event.seq > forkedSeq ? [fromEvent(event)] : [],
  );
  const all = [...belowFloor(batch, ground), ...rows];
  assertOnce(all);
  return all.filter((row) => isNew(row, ground));
};

/** The ground knows nothing of what comes in the same batch. */
const assertOnce = (rows: readonly AdmissionRow[]): void => {
  const [messages, keys] = [new Set<string>(), new Set<string>()];
  for (const { sessionId, seq, messageId, idempotencyKey } of rows) {
    if (messages.has(messageId) || (idempotencyKey !== null && keys.has(idempotencyKey))) {
      throw importMalformed({ sessionId, seq }, "an identity of its own", "one that the batch gives another input");
    }
    messages.add(messageId);
    if (idempotencyKey !== null) keys.add(idempotencyKey);
  }
};

const fromEvent = ({ sessionId, seq, hash, data }: DurableEvent<"input.admitted">): AdmissionRow => {
  const { messageId, idempotencyKey = null, payloadHash, delivery } = data;
  return { messageId, sessionId, idempotencyKey, payloadHash, seq, hash, delivery, disposition: null };
};

const belowFloor = (
  { sessionId, floor, admissions = [] }: ImportBatch,
  ground: ImportGround,
): readonly AdmissionRow[] => {
  if (floor === undefined || ground.head !== null) return [];
  const said = new Map(
    floor.messages.flatMap(({ role, messageId, seq }) => (role === "user" ? [[messageId, seq]] : [])),
  );
  return admissions.map((row) => {
    const parsed = admissionRowSchema.safeParse(row);
    const place = { sessionId, seq: floor.floor.seq };
    if (!parsed.success) throw importMalformed(place, "the row of an admission", issueText(parsed.error));
    if (row.sessionId !== sessionId)
      throw importMalformed(place, "an admission of the session", `one of ${row.sessionId}`);
    // What was withdrawn was never a message, and no request to compact ever is one.
    const promoted = said.get(row.messageId);
    const end = promoted ?? (row.disposition === "withdrawn" || row.disposition === "settled" ? floor.floor.seq : -1);
    const isMessage = row.disposition === "promoted" || row.disposition === null;
    if (row.seq >= end || row.disposition === "pending" || isMessage !== (promoted !== undefined)) {
      throw importMalformed(
        place,
        "an admission of a message below the floor, or of what was withdrawn there",
        `that of ${row.messageId}`,
      );
    }
    return parsed.data;
  });
};

const isNew = (row: AdmissionRow, ground: ImportGround): boolean => {
  const { sessionId, messageId, idempotencyKey } = row;
  const byKey = idempotencyKey === null ? null : ground.admissionOf({ sessionId, idempotencyKey });
  if (byKey !== null) throw taken(row, byKey);
  const byMessage = ground.admissionOf({ messageId });
  if (byMessage === null) return true;
  if (byMessage.sessionId === sessionId || idempotencyKey !== null) throw taken(row, byMessage);
  return false;
};

const taken = (row: AdmissionRow, by: AdmissionRow): HoldfastError<"input.conflict"> =>
  new HoldfastError("input.conflict", {
    message:
      `Expected the identity of message ${row.messageId} at event ${row.seq} of session ${row.sessionId} to be new here, found it used ` +
      `at event ${by.seq} of session ${by.sessionId}. Import the session into another store. Nothing was changed.`,
    data: { sessionId: row.sessionId, messageId: row.messageId, seq: row.seq, found: by.sessionId },
  });

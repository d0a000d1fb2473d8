import * as z from "zod";

import { HoldfastError } from "../errors/holdfast-error.ts";
import { eventIdSchema } from "../ids/id.ts";
import { eventCatalogue, isEventType } from "./catalogue.ts";

import type { DurableEvent, EventDraft } from "./catalogue.ts";
import type { SealedEnvelope } from "./envelope.ts";

/**
 * A stored envelope as an event: its data parsed by the schema of its type and version. Null for an event that this
 * version does not know and that says it may be passed over.
 *
 * @throws event.unknown-type for any other unknown type or version.
 * @throws event.invalid-data for data that does not fit.
 */
export const decodeEvent = (sealed: SealedEnvelope): DurableEvent | null => {
  const { type, version } = sealed;
  if (!isEventType(type) || eventCatalogue[type].version !== version) {
    if (sealed.ignorable === true) return null;
    throw new HoldfastError("event.unknown-type", {
      message:
        `Event ${sealed.seq} of session ${sealed.sessionId} has type "${type}" version ${version}, which this version of ` +
        `Holdfast does not know. Upgrade the packages of this process to the ones that wrote it.`,
      data: { type, version, seq: sealed.seq, sessionId: sealed.sessionId },
    });
  }
  const parsed = eventCatalogue[type].data.safeParse(sealed.data);
  if (!parsed.success) throw invalidData(sealed, parsed.error.message);
  return { ...sealed, type, data: parsed.data } as DurableEvent;
};

const placeSchema = z.object({ id: eventIdSchema, time: z.int() });
const idPattern = /^evt_[a-zA-Z0-9]{1,64}$/;

// Each commit comes by here, and the schema takes ten times as long as a look; it has the last word, and the words.
const assertPlace = (draft: EventDraft, sessionId: string): void => {
  if (typeof draft.id === "string" && idPattern.test(draft.id) && Number.isSafeInteger(draft.time)) return;
  const place = placeSchema.safeParse(draft);
  if (!place.success) throw invalidData({ type: draft.type, sessionId }, place.error.message);
};

/**
 * Checks a draft against its type's schema, before it is sealed.
 *
 * @throws event.invalid-data where it does not fit: a defect of the writer, never of its user.
 */
export const assertDraft = (draft: EventDraft, sessionId: string): void => {
  const { type, version } = draft;
  // Sealed once, it would make its session unreadable for ever.
  if (!isEventType(type) || eventCatalogue[type].version !== version)
    throw invalidData({ type, sessionId }, `there is no version ${version} of it in the catalogue`);
  assertPlace(draft, sessionId);
  const parsed = eventCatalogue[type].data.safeParse(draft.data);
  if (!parsed.success) throw invalidData({ type, sessionId }, parsed.error.message);
};

/** The error of an event whose data do not fit. */
export const invalidData = (event: { type: string; sessionId: string; seq?: number }, reason: string) =>
  new HoldfastError("event.invalid-data", {
    message:
      `The data of ${event.seq === undefined ? "a new event" : `event ${event.seq}`} of session ${event.sessionId} does not ` +
      `fit type "${event.type}": ${reason}. If it was read from a store, run verify on the session.`,
    data: { type: event.type, sessionId: event.sessionId, ...(event.seq === undefined ? {} : { seq: event.seq }) },
  });

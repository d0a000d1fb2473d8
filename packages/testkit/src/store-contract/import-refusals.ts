import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { createPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { createSource, expectImportRefused, resealFrom } from "./transfers.ts";

import type { ErrorCode, JsonObject } from "@holdfast/core";
import type { Envelope, SealedEnvelope } from "@holdfast/core/event";
import type { ImportBatch } from "@holdfast/core/store";
import type { Source } from "./transfers.ts";
import type { StoreSubject } from "./store-subject.ts";

interface Refusal {
  readonly title: string;
  readonly code: ErrorCode;
  readonly data?: JsonObject;
  /** Made of a source whose first 20 events are here. */
  readonly batch: (source: Source) => ImportBatch;
}

const other = createDrafts("other");

const changed = (batch: ImportBatch, seq: number, change: Partial<SealedEnvelope>): ImportBatch => ({
  ...batch,
  events: batch.events.map((event) => (event.seq === seq ? { ...event, ...change } : event)),
});

const resealed = (batch: ImportBatch, seq: number, change: Partial<Envelope>): ImportBatch => ({
  ...batch,
  events: resealFrom(batch.events, seq, change),
});

const refusals: readonly Refusal[] = [
  {
    title: "an event of another session",
    code: "import.foreign",
    data: { seq: 22 },
    batch: (source) => resealed(source.batch(18), 22, { sessionId: other.sessionId }),
  },
  {
    title: "events that leave out one after the log's end",
    code: "import.gap",
    data: { seq: 20 },
    batch: (source) => source.batch(21),
  },
  {
    title: "events that leave out one among them",
    code: "import.gap",
    data: { seq: 23 },
    batch: (source) => ({ ...source.batch(), events: source.log.slice(18).filter(({ seq }) => seq !== 23) }),
  },
  {
    title: "events in another order",
    code: "import.gap",
    data: { seq: 20 },
    batch: (source) => ({ ...source.batch(), events: source.log.slice(20).toReversed() }),
  },
  {
    title: "another event where the log holds one",
    code: "import.divergent",
    data: { seq: 18 },
    batch: (source) => resealed(source.batch(18), 18, { time: 1 }),
  },
  {
    title: "events that follow on another log",
    code: "import.divergent",
    data: { seq: 19 },
    batch: (source) => resealed(source.batch(20), 20, { prevHash: "a".repeat(64) }),
  },
  {
    title: "an event with the ID of an earlier one",
    code: "import.reused-id",
    data: { seq: 24 },
    batch: (source) => resealed(source.batch(18), 24, { id: source.log[3]?.id as never }),
  },
  {
    title: "an event with the ID of one in another session",
    code: "import.reused-id",
    data: { seq: 24, id: "evt_theirs" },
    batch: (source) => resealed(source.batch(18), 24, { id: "evt_theirs" as never }),
  },
  {
    title: "two events of one ID",
    code: "import.reused-id",
    data: { seq: 25 },
    batch: (source) => resealed(source.batch(18), 25, { id: source.log[24]?.id as never }),
  },
  {
    title: "a link to another event than the one before",
    code: "import.broken-chain",
    data: { seq: 25 },
    batch: (source) => resealed(source.batch(18), 25, { prevHash: "a".repeat(64) }),
  },
  {
    title: "a first event that follows on something",
    code: "import.broken-chain",
    data: { seq: 0 },
    batch: (source) => resealed(source.batch(), 0, { prevHash: "a".repeat(64) }),
  },
  {
    title: "a changed time",
    code: "import.broken-chain",
    data: { seq: 26 },
    batch: (source) => changed(source.batch(18), 26, { time: 5 }),
  },
  {
    title: "a changed byte in the data",
    code: "import.broken-chain",
    data: { seq: 26 },
    batch: (source) => changed(source.batch(18), 26, { data: { ...source.log[26]?.data, more: 1 } }),
  },
  {
    title: "a changed byte in an event that the log holds",
    code: "import.broken-chain",
    data: { seq: 19 },
    batch: (source) => changed(source.batch(18), 19, { fence: 77 }),
  },
  {
    title: "data that could never have been sealed",
    code: "import.broken-chain",
    data: { seq: 26 },
    batch: (source) => changed(source.batch(18), 26, { data: { text: "\ud83d" } }),
  },
  {
    title: "an envelope in another shape",
    code: "import.malformed",
    data: { seq: 26 },
    batch: (source) => changed(source.batch(18), 26, { id: 'evt_"' as never }),
  },
  {
    title: "an event of an unknown type",
    code: "event.unknown-type",
    data: { seq: 26 },
    batch: (source) => resealed(source.batch(18), 26, { type: "acme.shipped" }),
  },
  {
    title: "an event of an unknown version",
    code: "event.unknown-type",
    data: { seq: 26 },
    batch: (source) => resealed(source.batch(18), 26, { version: 99 }),
  },
  {
    title: "data that do not fit their type",
    code: "event.invalid-data",
    data: { seq: 26 },
    batch: (source) => resealed(source.batch(18), 26, { data: { more: 1 } }),
  },
  {
    title: "an event that the rows do not allow",
    code: "store.condition-failed",
    batch: (source) =>
      resealed(source.batch(18), 20, { type: "session.created", fence: null, data: source.log[0]?.data ?? {} }),
  },
];

const ofNewSession: readonly Refusal[] = [
  {
    title: "no event and no floor",
    code: "import.gap",
    data: { seq: 0 },
    batch: (source) => ({ ...source.batch(), events: [] }),
  },
  { title: "events without the first", code: "import.gap", data: { seq: 0 }, batch: (source) => source.batch(1) },
  {
    title: "a first event that does not create it",
    code: "import.malformed",
    data: { seq: 0 },
    batch: (source) => resealed(source.batch(), 0, { type: "input.admitted", data: source.log[1]?.data ?? {} }),
  },
  {
    title: "an event whose text nobody sent",
    code: "store.blob-missing",
    batch: (source) => ({ ...source.batch(), blobs: [] }),
  },
  {
    title: "a text that is another",
    code: "import.malformed",
    batch: (source) => ({
      ...source.batch(),
      blobs: source.blobs.map((blob) => ({ ...blob, text: blob.text.replace("goes", "went") })),
    }),
  },
  {
    title: "a text of another length than it says",
    code: "import.malformed",
    batch: (source) => ({ ...source.batch(), blobs: source.blobs.map((blob) => ({ ...blob, bytes: 1 })) }),
  },
];

/** Law 17, of what is refused. */
export const describeImportRefusals = (subject: StoreSubject): void => {
  describe("import, refused", () => {
    it.each(refusals)("law 17 imported: refuses $title, and changes nothing", async ({ code, data, batch }) => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      const theirs = createPlan(other);
      await store.commit({ ...theirs, events: [other.sessionCreated({}, { id: "evt_theirs" as never })] });
      await store.import(source.batch(0, 20));
      await expectImportRefused(store, batch(source), { code, ...(data === undefined ? {} : { data }) });
      // Nothing of it stands in the way of the right ones.
      expect(await store.import(source.batch(18))).toMatchObject({ added: source.log.length - 20, duplicates: 2 });
    });

    it.each(ofNewSession)("law 17 imported: refuses $title of a new session", async ({ code, data, batch }) => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      await expectImportRefused(store, batch(source), { code, ...(data === undefined ? {} : { data }) });
      expect(await store.sessions({ limit: 10 })).toEqual([]);
      expect(await store.import(source.batch())).toMatchObject({ added: source.log.length });
    });
  });
};

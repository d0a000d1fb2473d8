import { forkEvents } from "@holdfast/core/session";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { createSeededIds } from "../seeded-ids.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { createSource, expectImportRefused, resealFrom } from "./transfers.ts";

import type { StoreSubject } from "./store-subject.ts";

const d = createDrafts("imp");
const { sessionId } = d;

/** Law 17, of identities: those of forks, and those that one batch gives twice. */
export const describeImportForks = (subject: StoreSubject): void => {
  describe("import, of forks", () => {
    it.each([1, 2, 5, 1_000])(
      "law 17 imported: a fork in stretches of %i leaves its source's identities",
      async (size) => {
        await using store = await subject.create();
        const source = await createSource(d);
        const fork = createDrafts("fork").sessionId;
        const ids = createSeededIds(1);
        const events = forkEvents(source.log, {
          sessionId: fork,
          time: 5,
          nextId: () => ids.next("evt"),
          hash: sha256,
        });
        for (let from = 0; from < events.length; from += size) {
          const stretch = events.slice(from, from + size);
          await store.import({ sessionId: fork, events: stretch, blobs: source.blobs, as: "replica" });
        }
        expect(await store.admission({ messageId: d.inputId })).toBeNull();
        await store.import(source.batch());
        expect(await store.admission({ messageId: d.inputId })).toMatchObject({ sessionId });
      },
    );

    it("law 17 imported: refuses a fork up to where nothing was settled", async () => {
      await using store = await subject.create();
      const source = await createSource(d);
      for (const [as, seq] of [
        ["replica", 3],
        ["native", 3],
        ["native", 1e9],
      ] as const) {
        const forkedFrom = { sessionId: "ses_source", seq, hash: "a".repeat(64) };
        const events = resealFrom(source.log, 0, { data: { ...source.log[0]?.data, forkedFrom } });
        await expectImportRefused(store, { ...source.batch(), events, as }, { code: "import.malformed" });
      }
    });

    it("law 17 imported: refuses one key for two inputs of a batch", async () => {
      await using store = await subject.create();
      const source = await createSource(d);
      const other = source.log.find(({ seq, type }) => seq > 1 && type === "input.admitted");
      const data = { ...other?.data, idempotencyKey: "key 1" };
      const events = resealFrom(source.log, other?.seq ?? -1, { data });
      await expectImportRefused(store, { ...source.batch(), events }, { code: "import.malformed" });
    });
  });
};

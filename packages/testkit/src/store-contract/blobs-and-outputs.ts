import { toTextValue } from "@holdfast/core/event";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { longText } from "./conversation.ts";
import { itReopens } from "./needs.ts";
import { expectCode, expectRefused } from "./refused.ts";

import type { CommitPlan, OutputKey } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreSubject } from "./store-subject.ts";

const { value, blobs } = toTextValue(longText, sha256);
const hashes = blobs.map(({ hash }) => hash);
const hash = hashes[0] ?? "";

const blobPlan = (d: Drafts): CommitPlan => ({
  sessionId: d.sessionId,
  events: [d.admitted({ text: value }, { blobs: hashes })],
});

const bytesOf = (length: number, salt = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + salt + (index >> 8)) % 256);

const keyOf = (d: Drafts, attempt = 1): OutputKey => ({ sessionId: d.sessionId, callId: d.callId, attempt });

/** Laws 13 and 14. */
export const describeBlobsAndOutputs = (subject: StoreSubject): void => {
  describe("blobs", () => {
    it("law 13 blobs: a text that an event refers to can be read when the event can", async () => {
      await using store = await subject.create();
      const d = createDrafts("blob");
      await store.commit(createPlan(d));
      const reads: Promise<string | null>[] = [];
      using _ = store.watch(d.sessionId, () => reads.push(store.blob(hash)));
      const awkward = "é😀\u0000\r\n".repeat(60_000);
      const other = toTextValue(awkward, sha256);
      await store.commit({ ...blobPlan(d), blobs });
      await store.commit({
        sessionId: d.sessionId,
        events: [d.turn(2).admitted({ text: other.value }, { blobs: other.blobs.map((blob) => blob.hash) })],
        blobs: other.blobs,
      });
      expect((await Promise.all(reads))[0]).toBe(longText);
      expect(await store.blob(other.blobs[0]?.hash ?? "")).toBe(awkward);
      expect((await store.events({ sessionId: d.sessionId, after: 0, limit: 1 }))[0]?.data["text"]).toEqual(value);
    });

    it("law 13 blobs: refuses an event that refers to a text which neither the plan nor the store holds", async () => {
      await using store = await subject.create();
      const d = createDrafts("blob");
      await store.commit(createPlan(d));
      await expectRefused(store, blobPlan(d), "store.blob-missing");
      const elsewhere = [{ hash: "a".repeat(64), bytes: 1, text: "a" }];
      await expectRefused(store, { ...blobPlan(d), blobs: elsewhere }, "store.blob-missing");
      expect(await store.blob("a".repeat(64))).toBeNull();
    });

    it("law 13 blobs: a text that the store holds need not be sent again, by any session, and may be", async () => {
      await using store = await subject.create();
      const [d, other] = [createDrafts("blob"), createDrafts("other")];
      await store.commit(createPlan(d));
      await store.commit(createPlan(other));
      await store.commit({ ...blobPlan(d), blobs });
      await store.commit(blobPlan(other));
      await store.commit({ ...blobPlan(d.turn(2)), blobs });
      expect(await store.blob(hash)).toBe(longText);
    });

    it("law 13 blobs: of commits at once, one that refers to another's text finds it or is refused", async () => {
      await using store = await subject.create();
      const d = createDrafts("blob");
      await store.commit(createPlan(d));
      const plans = Array.from({ length: 10 }, (_, n) => ({ ...blobPlan(d.turn(n)), ...(n === 4 ? { blobs } : {}) }));
      const results = await Promise.allSettled(plans.map((plan) => store.commit(plan)));
      expect(results[4]?.status).toBe("fulfilled");
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "store.blob-missing" });
      }
      expect(await store.blob(hash)).toBe(longText);
    });

    it("law 13 blobs: no text is read under an unknown hash", async () => {
      await using store = await subject.create();
      expect(await store.blob("0".repeat(64))).toBeNull();
    });
  });

  describe("outputs", () => {
    it("law 14 outputs: reads back what was put, in windows of any place and length", async () => {
      await using store = await subject.create();
      const d = createDrafts("out");
      const content = bytesOf(200_000);
      await store.putOutput(keyOf(d), content);
      const edges = [0, 1, 65_535, 65_536, 65_537, 131_072, 199_999, 200_000];
      for (const offset of edges) {
        for (const limit of [0, 1, 65_536, 70_000, 1_000_000]) {
          const page = await store.readOutput(keyOf(d), { offset, limit });
          expect(page).toMatchObject({ offset, size: 200_000 });
          expect(Buffer.compare(page?.bytes ?? bytesOf(7), content.subarray(offset, offset + limit))).toBe(0);
        }
      }
    });

    it("law 14 outputs: a window past the end is empty, and an empty output is one", async () => {
      await using store = await subject.create();
      const d = createDrafts("out");
      await store.putOutput(keyOf(d), bytesOf(10));
      expect(await store.readOutput(keyOf(d), { offset: 50, limit: 5 })).toEqual({
        bytes: bytesOf(0),
        offset: 10,
        size: 10,
      });
      await store.putOutput(keyOf(d, 2), bytesOf(0));
      expect(await store.readOutput(keyOf(d, 2), { offset: 0, limit: 5 })).toEqual({
        bytes: bytesOf(0),
        offset: 0,
        size: 0,
      });
    });

    it("law 14 outputs: keeps one per session, call and attempt", async () => {
      await using store = await subject.create();
      const [d, other] = [createDrafts("out"), createDrafts("other")];
      await store.commit(createPlan(d));
      const { head } = await store.commit(admitPlan(d));
      await store.putOutput(keyOf(d), bytesOf(5, 1));
      await store.putOutput(keyOf(d, 2), bytesOf(6, 2));
      await store.putOutput({ ...keyOf(d), callId: other.callId }, bytesOf(7, 3));
      const window = { offset: 0, limit: 100 };
      expect((await store.readOutput(keyOf(d), window))?.bytes).toEqual(bytesOf(5, 1));
      expect((await store.readOutput(keyOf(d, 2), window))?.bytes).toEqual(bytesOf(6, 2));
      expect((await store.readOutput({ ...keyOf(d), callId: other.callId }, window))?.bytes).toEqual(bytesOf(7, 3));
      expect(await store.readOutput(keyOf(d, 3), window)).toBeNull();
      expect(await store.head(d.sessionId)).toEqual(head);
    });

    it("law 14 outputs: another session's is not found", async () => {
      await using store = await subject.create();
      const [d, other] = [createDrafts("out"), createDrafts("other")];
      await store.putOutput(keyOf(d), bytesOf(5));
      const stolen = { ...keyOf(d), sessionId: other.sessionId };
      expect(await store.readOutput(stolen, { offset: 0, limit: 100 })).toBeNull();
      await store.putOutput(stolen, bytesOf(9, 9));
      expect(await store.readOutput(keyOf(d), { offset: 0, limit: 100 })).toMatchObject({ bytes: bytesOf(5), size: 5 });
    });

    it("law 14 outputs: a second of the same key takes the place of the first, also where it is shorter", async () => {
      await using store = await subject.create();
      const d = createDrafts("out");
      await store.putOutput(keyOf(d), bytesOf(150_000));
      await store.putOutput(keyOf(d), bytesOf(3, 5));
      expect(await store.readOutput(keyOf(d), { offset: 0, limit: 1_000_000 })).toEqual({
        bytes: bytesOf(3, 5),
        offset: 0,
        size: 3,
      });
    });

    it("law 14 outputs: takes one in pieces of any length, and what does not come to its size is nothing of it", async () => {
      await using store = await subject.create();
      const d = createDrafts("out");
      const content = bytesOf(200_000);
      const inPieces = function* (...lengths: readonly number[]) {
        const buffer = new Uint8Array(150_000);
        let at = 0;
        for (const length of lengths) {
          // A piece counts until the next one is taken.
          buffer.set(content.subarray(at, at + length));
          yield buffer.subarray(0, length);
          at += length;
        }
      };
      const pieces = (size: number, ...lengths: readonly number[]) => ({
        size,
        [Symbol.iterator]: () => inPieces(...lengths),
      });
      const window = { offset: 0, limit: 1_000_000 };
      await store.putOutput(keyOf(d), pieces(200_000, 1, 65_535, 0, 65_537, 60_000, 8_927));
      const whole = await store.readOutput(keyOf(d), window);
      expect(whole?.size).toBe(200_000);
      expect(Buffer.compare(whole?.bytes ?? bytesOf(7), content)).toBe(0);
      await store.putOutput(keyOf(d, 2), pieces(0));
      expect(await store.readOutput(keyOf(d, 2), window)).toMatchObject({ size: 0 });
      for (const wrong of [pieces(9, 10), pieces(11, 10), pieces(64 * 1024 * 1024 + 1, 1)])
        await expectCode(store.putOutput(keyOf(d), wrong), "argument.invalid");
      expect(await store.readOutput(keyOf(d), window)).toEqual(whole);
    });

    it("law 14 outputs: refuses more than 64 MiB, and keeps what was there", async () => {
      await using store = await subject.create();
      const d = createDrafts("out");
      await store.putOutput(keyOf(d), bytesOf(3));
      await expectCode(store.putOutput(keyOf(d), new Uint8Array(64 * 1024 * 1024 + 1)), "argument.invalid");
      expect(await store.readOutput(keyOf(d), { offset: 0, limit: 10 })).toMatchObject({ bytes: bytesOf(3), size: 3 });
    });

    itReopens(subject, "law 14 outputs: a store opened anew reads them too", async (reopen) => {
      const d = createDrafts("out");
      const first = await subject.create();
      await first.putOutput(keyOf(d), bytesOf(70_000));
      await first[Symbol.asyncDispose]();
      await using second = await reopen(first);
      expect((await second.readOutput(keyOf(d), { offset: 65_530, limit: 10 }))?.bytes).toEqual(
        bytesOf(70_000).slice(65_530, 65_540),
      );
    });
  });
};

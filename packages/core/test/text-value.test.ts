import { hash } from "node:crypto";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toTextValue, utf8Bytes } from "../src/event/blob-ref.ts";
import { inlineBlobs } from "../src/event/inline-blobs.ts";

import type { DurableEvent, EventType } from "../src/event/catalogue.ts";

const sha256 = (text: string): string => hash("sha256", text);
const limit = 262_144;

const eventOf = (type: EventType, data: object): DurableEvent =>
  ({ type, data, seq: 1, sessionId: "ses_a" }) as unknown as DurableEvent;

const neverRead = (): Promise<never> => Promise.reject(new Error("nothing to read"));

describe("utf8Bytes", () => {
  it("counts what an encoder writes, lone surrogates included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => utf8Bytes(text) === new TextEncoder().encode(text).length),
    );
    expect(utf8Bytes("a\ud83d")).toBe(4);
  });
});

describe("toTextValue", () => {
  it.each([
    ["one byte", "a", 262_144],
    ["two bytes", "é", 131_072],
    ["three bytes", "€", 87_381],
    ["four bytes", "\u{1f600}", 65_536],
  ])("keeps characters of %s inline up to 256 KiB, and makes a blob of one more", (_, character, most) => {
    const inside = character.repeat(most);
    const outside = character.repeat(most + 1);
    const bytes = Buffer.byteLength(outside);
    expect(Buffer.byteLength(inside)).toBeLessThanOrEqual(limit);
    expect(bytes).toBeGreaterThan(limit);
    expect(toTextValue(inside, sha256)).toEqual({ value: inside, blobs: [] });
    expect(toTextValue(outside, sha256)).toEqual({
      value: { $blob: sha256(outside), bytes },
      blobs: [{ hash: sha256(outside), bytes, text: outside }],
    });
  });

  it("counts bytes and not characters", () => {
    expect(toTextValue(`${"a".repeat(limit - 2)}é`, sha256).blobs).toHaveLength(0);
    expect(toTextValue(`${"a".repeat(limit - 1)}é`, sha256).blobs).toHaveLength(1);
  });

  it("keeps the empty text inline", () => {
    expect(toTextValue("", sha256)).toEqual({ value: "", blobs: [] });
  });
});

describe("inlineBlobs", () => {
  const text = "a".repeat(limit + 1);
  const { value: reference } = toTextValue(text, sha256);
  const readBlob = async (wanted: string): Promise<string | null> => (wanted === sha256(text) ? text : null);
  const file = { mediaType: "text/plain", name: "a.txt" };
  const input = { messageId: "msg_1", payloadHash: sha256(""), delivery: "steer", resume: true };

  it.each<[EventType, object, object]>([
    ["text.ended", { position: 0, text: reference }, { position: 0, text }],
    ["reasoning.ended", { position: 0, text: reference }, { position: 0, text }],
    ["tool.called", { name: "a", input: reference }, { name: "a", input: text }],
    ["input.admitted", { ...input, text: reference }, { ...input, text }],
    [
      "input.admitted",
      {
        ...input,
        text: "a",
        files: [
          { ...file, data: reference },
          { ...file, data: "b" },
        ],
      },
      {
        ...input,
        text: "a",
        files: [
          { ...file, data: text },
          { ...file, data: "b" },
        ],
      },
    ],
  ])("puts the text of %s back where it was, and changes nothing else", async (type, stored, whole) => {
    const given = eventOf(type, stored);
    const before = structuredClone(given);
    expect(await inlineBlobs(given, readBlob)).toEqual(eventOf(type, whole));
    expect(given).toEqual(before);
  });

  it.each<[EventType, object]>([
    ["text.ended", { text: "a" }],
    ["reasoning.ended", { text: "a" }],
    ["tool.called", { input: "{}" }],
    ["input.admitted", { ...input, text: "a" }],
    ["input.admitted", { ...input, text: "a", files: [{ ...file, data: "b" }] }],
    ["attempt.started", { tools: reference }],
  ])("gives %s back as it is where no text of it is a blob, without reading", async (type, data) => {
    const given = eventOf(type, data);
    expect(await inlineBlobs(given, neverRead)).toBe(given);
  });

  it("refuses an event whose blob the store lost", async () => {
    const reading = inlineBlobs(eventOf("text.ended", { text: reference }), () => Promise.resolve(null));
    await expect(reading).rejects.toMatchObject({ code: "store.corrupt", data: { blob: sha256(text) } });
  });
});

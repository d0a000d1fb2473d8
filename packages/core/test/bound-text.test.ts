import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { boundText, characterBoundary, shownLimits } from "../src/output/bound-text.ts";
import { fromOutputRef, toOutputRef } from "../src/output/output-ref.ts";

import type { ShownLimits } from "../src/output/bound-text.ts";

const reference = "tool-output://ses_a/cal_a/1";
const bytesOf = (text: string): number => Buffer.byteLength(text);
const linesOf = (text: string): number => text.split("\n").length;

// No "…" among them: the marker is then found by it.
const character = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "b", " ") },
  { weight: 2, arbitrary: fc.constant("\n") },
  { weight: 3, arbitrary: fc.constantFrom("é", "€", "\u{1f600}", "\r", "\ufeff", "\u0000", "\u{10ffff}", "\ufffd") },
);
const textArbitrary = fc.string({ unit: character, maxLength: 2_000, size: "max" });
const limitsArbitrary = fc.record({
  lines: fc.integer({ min: 3, max: 40 }),
  bytes: fc.integer({ min: 120, max: 600 }),
});

const partsOf = (shown: string): readonly [string, string] => {
  const [head = "", , tail = ""] = shown.split(/\n(… .* …)\n/);
  return [head, tail];
};

describe("boundText", () => {
  it("never shows more lines or bytes than the limits, marker included", () => {
    fc.assert(
      fc.property(textArbitrary, limitsArbitrary, (text, limits: ShownLimits) => {
        const { text: shown } = boundText(text, reference, limits);
        expect(bytesOf(shown)).toBeLessThanOrEqual(limits.bytes);
        expect(linesOf(shown)).toBeLessThanOrEqual(limits.lines);
      }),
    );
  });

  it("shows a text within the limits as it is, and says that it is whole", () => {
    fc.assert(
      fc.property(textArbitrary, limitsArbitrary, (text, limits: ShownLimits) => {
        const fits = bytesOf(text) <= limits.bytes && linesOf(text) <= limits.lines;
        const bound = boundText(text, reference, limits);
        expect(bound.whole).toBe(fits);
        if (fits) expect(bound.text).toBe(text);
      }),
    );
  });

  it("keeps the head and the tail unchanged, splits no character, and names where the whole is", () => {
    fc.assert(
      fc.property(textArbitrary, limitsArbitrary, (text, limits: ShownLimits) => {
        const { text: shown, whole } = boundText(text, reference, limits);
        if (whole) return;
        const [head, tail] = partsOf(shown);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).toContain(`The whole: ${reference} …`);
        expect(text.startsWith(head)).toBe(true);
        expect(text.endsWith(tail)).toBe(true);
        expect(head.length + tail.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it("wastes less than a character at each end where bytes are what is short", () => {
    const { text: shown } = boundText("\u{1f600}".repeat(1_000), reference, { lines: 10, bytes: 500 });
    expect(bytesOf(shown)).toBeGreaterThan(500 - 2 * 4);
  });

  it.each([
    ["2,000 lines", true, "a\n".repeat(1_999)],
    ["2,001 lines", false, "a\n".repeat(2_000)],
    ["51,200 bytes", true, "a".repeat(51_200)],
    ["51,201 bytes", false, "a".repeat(51_201)],
    ["nothing", true, ""],
  ])("shows %s by default: whole is %s", (_, whole, text) => {
    expect(boundText(text, reference).whole).toBe(whole);
    expect(shownLimits).toEqual({ lines: 2_000, bytes: 51_200 });
  });

  it("keeps a byte order mark at the head and where the tail begins", () => {
    const { text: shown } = boundText("\ufeff".repeat(1_000), reference, { lines: 10, bytes: 400 });
    const [head, tail] = partsOf(shown);
    expect([head[0], tail[0]]).toEqual(["\ufeff", "\ufeff"]);
    expect(bytesOf(shown)).toBeGreaterThan(400 - 2 * 3);
  });

  it("says how many lines and bytes there are in all", () => {
    const text = Array.from({ length: 3_000 }, (_, index) => `line ${index + 1}`).join("\n");
    const { text: shown } = boundText(text, reference);
    expect(shown).toContain(`… 3000 lines, ${bytesOf(text)} bytes in all;`);
    expect(shown.startsWith("line 1\nline 2\n")).toBe(true);
    expect(shown.endsWith("\nline 2999\nline 3000")).toBe(true);
  });
});

describe("characterBoundary", () => {
  it("is at or before the offset, and never inside a character", () => {
    fc.assert(
      fc.property(textArbitrary, fc.nat({ max: 3_000 }), (text, offset) => {
        const bytes = new TextEncoder().encode(text);
        const at = characterBoundary(bytes, offset);
        const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
        expect(at).toBeLessThanOrEqual(offset);
        expect(Math.min(offset, bytes.length) - at).toBeLessThan(4);
        expect(strict.decode(bytes.subarray(0, at)) + strict.decode(bytes.subarray(at))).toBe(text);
      }),
    );
  });
});

describe("characterBoundary of what is no UTF-8", () => {
  it("is the offset itself, so that windows of it come to an end", () => {
    const bytes = new Uint8Array(20).fill(0x80);
    for (let offset = 0; offset <= 20; offset++) expect(characterBoundary(bytes, offset)).toBe(offset);
  });
});

describe("output references", () => {
  const key = { sessionId: "ses_a", callId: "cal_b", attempt: 12 } as Parameters<typeof toOutputRef>[0];

  it("say session, call and attempt, and are read back as them", () => {
    expect(toOutputRef(key)).toBe("tool-output://ses_a/cal_b/12");
    expect(fromOutputRef(toOutputRef(key))).toEqual(key);
  });

  it.each([
    "",
    "ses_a/cal_b/1",
    "file://ses_a/cal_b/1",
    "tool-output://ses_a/cal_b",
    "tool-output://ses_a/cal_b/",
    "tool-output://ses_a/cal_b/0",
    "tool-output://ses_a/cal_b/01",
    "tool-output://ses_a/cal_b/-1",
    "tool-output://ses_a/cal_b/1/",
    "tool-output://ses_a/cal_b/1\n",
    "tool-output://cal_b/ses_a/1",
    "tool-output://ses_a/../1",
    `tool-output://ses_a/cal_b/${"9".repeat(10)}`,
  ])("are not what %j is", (text) => {
    expect(fromOutputRef(text)).toBeNull();
  });
});

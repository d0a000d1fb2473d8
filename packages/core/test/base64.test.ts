import { describe, expect, it } from "vitest";

import { fromBase64, toBase64 } from "../src/transfer/base64.ts";

describe("base64", () => {
  it.each([0, 1, 2, 3, 4, 1_000_000, 12_000_000])("gives %i bytes back", (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
    expect(fromBase64(toBase64(bytes))?.length).toBe(length);
    expect(fromBase64(toBase64(bytes))?.every((byte, index) => byte === bytes[index])).toBe(true);
  });

  it.each(["A", "AA", "AAA", "A===", "AA=A", "AB==", " AAAA", "AA AA", "AA\nAA", "AAAA=", "A-_A", "é", "AAA😀"])(
    "takes %j for none",
    (text) => {
      expect(fromBase64(text)).toBeNull();
    },
  );
});

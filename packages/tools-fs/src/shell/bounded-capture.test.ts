import * as fc from "fast-check";
import { expect, it } from "vitest";

import { BoundedCapture } from "./bounded-capture.ts";

const capture = (limit: number, pieces: readonly Uint8Array[]) => {
  const found = new BoundedCapture(limit);
  for (const piece of pieces) found.push(piece);
  return found.toText();
};

it("keeps everything up to twice the limit", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ max: 127, min: 1, maxLength: 12 }), { maxLength: 8 }), (pieces) => {
      const all = Buffer.concat(pieces);
      fc.pre(all.length <= 40);
      expect(capture(20, pieces)).toEqual({ text: all.toString("latin1"), omittedBytes: 0 });
    }),
  );
});

it("keeps the first and the last bytes beyond that, and counts the others", () => {
  const letters = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 50 }), { maxLength: 12 });
  fc.assert(
    fc.property(letters, (pieces) => {
      const all = pieces.join("");
      fc.pre(all.length > 40);
      const found = capture(
        20,
        pieces.map((piece) => Buffer.from(piece)),
      );
      expect(found.omittedBytes).toBe(all.length - 40);
      expect(found.text.startsWith(`${all.slice(0, 20)}\n…`)).toBe(true);
      expect(found.text.endsWith(`…\n${all.slice(-20)}`)).toBe(true);
    }),
  );
});

it("cuts between characters, never in one", () => {
  for (const character of ["é", "€", "😀"]) {
    for (let limit = 10; limit < 20; limit++) {
      const { text } = capture(limit, [Buffer.from(character.repeat(40))]);
      expect(text).not.toContain("\uFFFD");
    }
  }
});

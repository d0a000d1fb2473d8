import * as fc from "fast-check";
import { expect, it } from "vitest";

import { LinePager } from "./line-pager.ts";

const range = { offset: 1, lines: 5, bytes: 40, lineCharacters: 8 };

const page = (pieces: readonly string[], offset: number) => {
  const pager = new LinePager({ ...range, offset });
  for (const piece of pieces) pager.push(piece);
  pager.end();
  return { lines: pager.lines, next: pager.next };
};

it("gives the same page however the text is cut into pieces", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "\r", "é", "😀"), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(60)), (text, offset, cuts) => {
      const at = [0, ...cuts.toSorted((left, right) => left - right), text.length];
      const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
      expect(page(pieces, offset)).toEqual(page([text], offset));
    }),
  );
});

it("gives all lines once, page after page", () => {
  const text = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "é"), maxLength: 8 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(text, (lines) => {
      const seen: string[] = [];
      let next: number | undefined = 1;
      while (next !== undefined) {
        const found: ReturnType<typeof page> = page([`${lines.join("\n")}\n`], next);
        expect(found.lines.length).toBeGreaterThan(0);
        expect(found.lines.length).toBeLessThanOrEqual(range.lines);
        expect(Buffer.byteLength(found.lines.join("\n"))).toBeLessThanOrEqual(range.bytes);
        seen.push(...found.lines);
        next = found.next;
      }
      expect(seen).toEqual(lines);
    }),
  );
});

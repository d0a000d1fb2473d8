import * as fc from "fast-check";
import { expect, it } from "vitest";

import { RecordSplitter } from "./record-splitter.ts";

const split = (pieces: readonly string[]): readonly string[] => {
  const found: string[] = [];
  const splitter = new RecordSplitter(0x0a, (record) => found.push(record.toString()));
  for (const piece of pieces) splitter.push(Buffer.from(piece));
  return found;
};

it("finds the same records however they arrive, and none that was cut", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 9 })), (pieces) => {
      expect(split(pieces)).toEqual(pieces.join("").split("\n").slice(0, -1));
    }),
  );
});

it("leaves out a record that is too long, and keeps what comes after it", () => {
  expect(split(["a\n", "x".repeat(40_000), "x".repeat(40_000), "x", "\nb\n"])).toEqual(["a", "b"]);
});

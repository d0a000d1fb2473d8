import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { planEdit } from "../src/text/plan-edit.ts";

import type { EditRequest } from "../src/text/plan-edit.ts";

const line = fc.oneof(
  fc.constantFrom("", "a", "b", "ab", " a", "a ", "\ta", "  b", "$&", "$1", "}", "“q”", "é", "👍"),
  fc
    .string({ maxLength: 6 })
    .map((text) => text.replaceAll(/[\r\n]/g, ""))
    .filter((text) => text.isWellFormed() && !text.includes("\0") && !text.includes("\uFEFF")),
);
const file = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 10 }),
  ending: fc.constantFrom("\n", "\r\n"),
  hasMark: fc.boolean(),
  endsLine: fc.boolean(),
});
const newText = fc.array(line, { maxLength: 3 }).map((some) => some.join("\n"));
/** Where of a file an old text is taken from, in thousandths. */
const span = fc.record({ from: fc.nat(999), length: fc.integer({ min: 1, max: 400 }) });

interface RandomFile {
  readonly lines: readonly string[];
  readonly ending: string;
  readonly hasMark: boolean;
  readonly endsLine: boolean;
}

const plainOf = ({ lines, endsLine }: RandomFile): string => lines.join("\n") + (endsLine ? "\n" : "");
const bytesOf = ({ ending, hasMark }: RandomFile, plain: string): Buffer =>
  Buffer.from((hasMark ? "\uFEFF" : "") + plain.replaceAll("\n", ending));

const takenFrom = (text: string, { from, length }: { readonly from: number; readonly length: number }): string => {
  const characters = Array.from(text);
  const at = Math.floor((from * characters.length) / 1_000);
  return characters.slice(at, at + Math.max(1, Math.floor((length * characters.length) / 1_000))).join("");
};

/** Where a text stands, also where it overlaps itself. */
const placesOf = (text: string, searched: string): readonly number[] =>
  Array.from({ length: text.length }, (_, index) => index).filter((index) => text.startsWith(searched, index));

/** What an edit means, character by character; undefined where it has to be refused. */
const referenceOf = (text: string, { oldText, newText, replaceAll = false }: EditRequest): string | undefined => {
  if (oldText === newText) return undefined;
  const places = placesOf(text, oldText);
  if (places.length === 0 || (places.length > 1 && !replaceAll)) return undefined;
  let result = "";
  for (let index = 0; index < text.length;) {
    const isHere = text.startsWith(oldText, index);
    result += isHere ? newText : text.charAt(index);
    index += isHere ? oldText.length : 1;
  }
  return result;
};

/** The whole file after an edit; undefined where it was refused. */
const edited = (bytes: Buffer, request: EditRequest) => {
  try {
    return planEdit("f", bytes, request);
  } catch (error) {
    if (error instanceof Error && error.name === "ToolFailure") return undefined;
    throw error;
  }
};

/** Whether the ends of a file's lines tell how it ends them. */
const hasEnding = (plain: string): boolean => plain.includes("\n");

describe("an edit of a random file", () => {
  it("whose text stands there gives what a reference gives, with the file's line ends and its mark, or is refused", () => {
    fc.assert(
      fc.property(file, span, fc.record({ newText, replaceAll: fc.boolean() }), (one, taken, rest) => {
        const plain = plainOf(one);
        fc.pre(plain !== "" && hasEnding(plain));
        const request = { oldText: takenFrom(plain, taken), ...rest };
        const expected = referenceOf(plain, request);
        const found = edited(bytesOf(one, plain), request);
        expect(found?.content.toString("utf8")).toBe(
          expected === undefined ? undefined : bytesOf(one, expected).toString("utf8"),
        );
        if (found !== undefined) expect(found.isExact).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it("is the same whichever line ends the request is written with", () => {
    fc.assert(
      fc.property(file, span, newText, (one, taken, replacement) => {
        const plain = plainOf(one);
        fc.pre(plain !== "" && hasEnding(plain));
        const request = { oldText: takenFrom(plain, taken), newText: replacement };
        const withReturns = {
          oldText: request.oldText.replaceAll("\n", "\r\n"),
          newText: request.newText.replaceAll("\n", "\r\n"),
        };
        const bytes = bytesOf(one, plain);
        expect(edited(bytes, withReturns)?.content).toEqual(edited(bytes, request)?.content);
      }),
      { numRuns: 1_000 },
    );
  });

  it("whose text was damaged changes exactly lines that differ from it in white space alone, or nothing", () => {
    let compared = 0;
    fc.assert(
      fc.property(file, span, fc.record({ newText, at: fc.nat(), by: line }), (one, taken, damage) => {
        const plain = plainOf(one);
        fc.pre(plain !== "" && hasEnding(plain));
        const characters = Array.from(takenFrom(plain, taken));
        characters[damage.at % characters.length] = damage.by;
        const request = { oldText: characters.join(""), newText: damage.newText };
        fc.pre(request.oldText !== "");
        const found = edited(bytesOf(one, plain), request);
        if (found === undefined) return;
        const after = found.content
          .toString("utf8")
          .replace(/^\uFEFF/, "")
          .replaceAll("\r\n", "\n");
        if (found.isExact) expect(after).toBe(referenceOf(plain, request));
        else expect(tolerantResults(plain, request)).toContain(bare(after));
        compared += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});

/** Lines without their indentation and what stands at their ends: what a tolerant match may add to a new text. */
const bare = (text: string): string =>
  text
    .split("\n")
    .map((some) => some.trim())
    .join("\n");

/** What a file could become where whole lines are like the wanted ones but for white space: one for each such place. */
const tolerantResults = (plain: string, { oldText, newText }: EditRequest): readonly string[] => {
  const wanted = oldText
    .replace(/\n$/, "")
    .split("\n")
    .map((some) => some.trim());
  const added = newText === "" ? [] : newText.replace(/\n$/, "").split("\n");
  const all = plain.split("\n");
  return all.flatMap((_, at) =>
    at + wanted.length <= all.length && wanted.every((some, index) => all[at + index]?.trim() === some)
      ? [bare([...all.slice(0, at), ...added, ...all.slice(at + wanted.length)].join("\n"))]
      : [],
  );
};

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { canonicalJson } from "../src/json/canonical.ts";
import { toWellFormedJson } from "../src/json/well-formed.ts";

import type { JsonValue } from "../src/json/json-value.ts";

const texts = fc.string({ unit: fc.constantFrom("a", "\ud83d", "\ude00", "__proto__", "😀") });

describe("toWellFormedJson", () => {
  it("gives what can be sealed, whatever lone surrogates there are, and changes nothing else", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.dictionary(texts, texts), (value, odd) => {
        const mended = toWellFormedJson([value as JsonValue, odd]);
        expect(() => canonicalJson(mended)).not.toThrow();
        expect(toWellFormedJson(mended)).toBe(mended);
      }),
    );
  });

  it("replaces them in texts and in keys, all the way down", () => {
    expect(toWellFormedJson({ "a\ud83d": [1, null, { b: "\udc00", c: "😀" }] })).toEqual({
      "a\ufffd": [1, null, { b: "\ufffd", c: "😀" }],
    });
  });

  it("gives the value itself where there is nothing to replace", () => {
    const value = { a: ["😀", { b: true }] };
    expect(toWellFormedJson(value)).toBe(value);
  });

  it("keeps a key `__proto__`", () => {
    const value = JSON.parse('{"__proto__":"\\ud83d"}') as JsonValue;
    expect(JSON.stringify(toWellFormedJson(value))).toBe('{"__proto__":"\ufffd"}');
  });
});

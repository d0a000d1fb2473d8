import { isDeepStrictEqual } from "node:util";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { canonicalJson, toWellFormed } from "../src/json/canonical.ts";
import { isJsonObject, isJsonValue } from "../src/json/json-value.ts";
import { parseJson } from "../src/json/parse.ts";

import type { JsonValue } from "../src/json/json-value.ts";

const fromBits = (hex: string): number => Buffer.from(hex, "hex").readDoubleBE(0);

/** The same value with the keys of every object in another order. */
const shuffled = (value: JsonValue, salt: number): JsonValue => {
  if (Array.isArray(value)) return value.map((item: JsonValue) => shuffled(item, salt));
  if (typeof value !== "object" || value === null) return value;
  const weight = (key: string): number =>
    Array.from(key).reduce((sum, unit) => (sum * 31 + unit.charCodeAt(0)) % 1009, salt);
  // fromEntries defines its keys, so that `__proto__` stays one.
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]): [string, JsonValue] => [key, shuffled(member, salt)])
      .toSorted(([left], [right]) => weight(left) - weight(right)),
  );
};

describe("canonicalJson", () => {
  it("writes the example of RFC 8785, section 3.2.2", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it("sorts keys by UTF-16 code units, as in RFC 8785, section 3.2.3", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 };
    const parsed = parseJson(canonicalJson(value));
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
    expect(parsed).toEqual({ ok: true, value });
  });

  it.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the double %s as %s, as in RFC 8785, appendix B", (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text);
  });

  it("gives equal text for equal values, whatever the order of their keys, and reads back as the value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), (generated, salt) => {
        const value = generated as JsonValue;
        const text = canonicalJson(value);
        const back = parseJson(text);
        expect(canonicalJson(shuffled(value, salt))).toBe(text);
        expect(back.ok && isDeepStrictEqual(back.value, JSON.parse(JSON.stringify(value)))).toBe(true);
      }),
    );
  });

  it.each([
    ["a key called __proto__", '{"__proto__":{"admin":true},"a":1}'],
    ["a nested one", '{"a":[{"__proto__":1,"constructor":2,"toString":3}]}'],
  ])("keeps %s", (_, text) => {
    const parsed = parseJson(text);
    expect(parsed.ok && canonicalJson(parsed.value)).toBe(text);
  });

  it("leaves out keys whose value is undefined, and no others", () => {
    expect(canonicalJson({ a: undefined, b: null, c: undefined, d: 0 } as never)).toBe('{"b":null,"d":0}');
  });

  it.each([
    ["a lone high surrogate", "a\ud83d"],
    ["a lone low surrogate", "\ude00a"],
    ["a lone surrogate in a key", { "\ud83d": 1 }],
    ["a lone surrogate deep inside", [{ a: ["\ud83d"] }]],
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["-Infinity in an array", [Number.NEGATIVE_INFINITY]],
    ["a bigint", 1n],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["undefined", undefined],
    ["undefined in an array", [undefined]],
    ["a hole in an array", Object.assign([], { length: 1 })],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson(value as never)).toThrow(TypeError);
  });
});

describe("toWellFormed", () => {
  it("replaces lone surrogates by U+FFFD, so that any text can be sealed", () => {
    expect(toWellFormed("a\ud83d")).toBe("a\ufffd");
    expect(toWellFormed("a\u{1f600}")).toBe("a\u{1f600}");
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => canonicalJson(toWellFormed(text)).length > 0));
  });
});

describe("isJsonValue", () => {
  it.each([[null], [""], [0], [true], [[]], [{}], [[{ a: [null] }]], [Object.create(null)]])("accepts %j", (value) => {
    expect(isJsonValue(value)).toBe(true);
  });

  it.each([
    ["undefined", undefined],
    ["NaN", Number.NaN],
    ["a bigint", 1n],
    ["a date", new Date(0)],
    ["a map", new Map()],
    [
      "a class instance",
      new (class A {
        readonly a = 1;
      })(),
    ],
    ["a member that is undefined", { a: undefined }],
    ["a function deep inside", [{ a: [() => 1] }]],
  ])("refuses %s", (_, value) => {
    expect(isJsonValue(value)).toBe(false);
  });

  it("refuses a hole in an array", () => {
    expect(isJsonValue(Object.assign([], { length: 1 }))).toBe(false);
  });

  it("tells objects from arrays and null where an object is asked for", () => {
    expect([{}, [], null, "a"].map(isJsonObject)).toEqual([true, false, false, false]);
  });
});

describe("parseJson", () => {
  it("says why a text is no JSON, and throws nothing", () => {
    expect(parseJson('{"a":')).toMatchObject({ ok: false, reason: expect.stringContaining("JSON") });
    expect(parseJson("[1]")).toEqual({ ok: true, value: [1] });
  });
});

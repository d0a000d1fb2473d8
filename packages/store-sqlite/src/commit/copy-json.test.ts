import { canonicalJson } from "@holdfast/core";
import { assert, jsonValue, property } from "fast-check";
import { expect, it } from "vitest";

import { copyJson } from "./copy-json.ts";

import type { JsonValue } from "@holdfast/core";

it("is what the canonical text of a value reads as, whatever the value, and shares no object with it", () => {
  assert(
    property(jsonValue(), (given) => {
      const value = given as JsonValue;
      expect(copyJson(value)).toStrictEqual(JSON.parse(canonicalJson(value)));
      if (typeof value === "object" && value !== null) expect(copyJson(value)).not.toBe(value);
    }),
    { numRuns: 300 },
  );
});

it("keeps a key __proto__ as a key, knows one zero, and leaves out what is undefined", () => {
  const value = JSON.parse('{"__proto__":{"a":1},"b":[-0]}') as JsonValue;
  const copy = copyJson(value);
  expect(Object.keys(copy as object)).toEqual(["__proto__", "b"]);
  expect(canonicalJson(copy)).toBe('{"__proto__":{"a":1},"b":[0]}');
  expect(Object.is((copy as { b: number[] }).b[0], 0)).toBe(true);
  expect(Object.keys(copyJson({ a: undefined } as never) as object)).toEqual([]);
});

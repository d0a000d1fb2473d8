import { expect, it } from "vitest";

import { canonicalOrder } from "../src/facade/canonical-order.ts";

it("says of a value what canonical JSON says of it: members in their order, and none that is undefined", () => {
  const value = { b: [{ d: 1, c: undefined }], a: undefined, __proto__x: null } as never;
  expect(JSON.stringify(canonicalOrder(value))).toBe('{"__proto__x":null,"b":[{"d":1}]}');
  expect(Object.keys(canonicalOrder(value) as object)).not.toContain("a");
});

import type { JsonObject, JsonValue } from "@holdfast/core";

/** A JSON value of its own, equal to what its canonical text reads as. Texts are shared: nobody can change one. */
export const copyJson = (value: JsonValue): JsonValue => {
  // Canonical JSON knows one zero.
  if (value === 0) return 0;
  if (typeof value !== "object" || value === null) return value;
  return isArray(value) ? value.map(copyJson) : copyObject(value);
};

const copyObject = (value: JsonObject): JsonObject => {
  const copy: { [key: string]: JsonValue } = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    // Set, it would be the copy's prototype, and no key.
    if (key === "__proto__")
      Object.defineProperty(copy, key, {
        value: copyJson(member),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else copy[key] = copyJson(member);
  }
  return copy;
};

const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value);

import type { JsonValue } from "@holdfast/core";

/**
 * A value with the members of its objects in the order of canonical JSON, so that what says the same has the same bytes, however it
 * was made. Nothing else is copied.
 */
export const canonicalOrder = (value: JsonValue): JsonValue => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(canonicalOrder);
  const members = value as { readonly [key: string]: JsonValue };
  // Made from entries, so that a key `__proto__` is a key like any other.
  return Object.fromEntries(
    Object.keys(members)
      .toSorted()
      // Left out, as canonical JSON leaves it out, where it is undefined.
      .flatMap((key) => (members[key] === undefined ? [] : [[key, canonicalOrder(members[key])]])),
  ) as JsonValue;
};

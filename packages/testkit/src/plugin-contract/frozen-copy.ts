/** A copy that nobody can change, of data that may hold functions: these stay as they are. */
export const frozenCopy = <T>(value: T): T => freezeCopy(value) as T;

const freezeCopy = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(freezeCopy));
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, member]) => [key, freezeCopy(member)])));
};

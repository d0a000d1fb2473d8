/** Freezes plain data all the way down, in place. */
const deepFreeze = (value: unknown): void => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const member of Object.values(value)) deepFreeze(member);
  Object.freeze(value);
};

/** A copy of plain data that nobody can change, and that shares nothing: what crosses over to plugins. */
export const frozenCopy = <T>(value: T): T => {
  const copy = structuredClone(value);
  deepFreeze(copy);
  return copy;
};

import { deepFreeze } from "@holdfast/core";

/** A copy of plain data that nobody can change, and that shares nothing: what crosses over to plugins. */
export const frozenCopy = <T>(value: T): T => deepFreeze(structuredClone(value));

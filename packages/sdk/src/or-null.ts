import { HoldfastError } from "@holdfast/core/errors";

import type { ErrorCode } from "@holdfast/core/errors";

/** What was found; null where the server says by this code that there is none. */
export const orNull = async <T>(found: Promise<T>, code: ErrorCode): Promise<T | null> => {
  try {
    return await found;
  } catch (error) {
    if (HoldfastError.isInstance(error, code)) return null;
    throw error;
  }
};

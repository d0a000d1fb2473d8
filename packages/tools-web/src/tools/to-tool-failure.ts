import { HoldfastError } from "@holdfast/core";
import { ToolFailure } from "@holdfast/core/tool";

/** What the model should read of a fetch or search that failed; anything else stays what it is. */
export const toToolFailure = (error: unknown): unknown =>
  HoldfastError.isInstance(error) && /^(?:fetch|search)\./.test(error.code)
    ? new ToolFailure(error.message, { cause: error })
    : error;

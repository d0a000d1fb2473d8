import { HoldfastError } from "@holdfast/core/errors";

import type { DeleteOutcome } from "@holdfast/core";
import type { CallOptions } from "./client-options.ts";
import type { Wire } from "./wire.ts";

/** Deletes a session. Made again after an answer that was lost, it may find its own work done: then it is told as that. */
export const deleteSession = async (
  wire: Wire,
  query: { readonly sessionId: string },
  options: CallOptions = {},
): Promise<DeleteOutcome> => {
  let isRepeated = false;
  const onRepeat = (): void => void (isRepeated = true);
  try {
    return await wire.call("DELETE /v1/sessions/{sessionId}", query, { ...options, isRepeatable: true, onRepeat });
  } catch (error) {
    if (!isRepeated || !HoldfastError.isInstance(error, "session.deleted")) throw error;
    const { cursor } = await wire.call("GET /v1/sessions/{sessionId}/wait", query, options);
    return { cursor };
  }
};

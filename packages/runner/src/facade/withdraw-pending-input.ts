import { changePending } from "./change-pending.ts";

import type { InputChange } from "@holdfast/core";
import type { Kernel } from "../session/kernel.ts";
import type { SeenInput } from "./change-pending.ts";

/**
 * Takes a pending input out of the inbox, in the version that the caller has seen.
 *
 * @throws what `changePending` throws.
 */
export const withdrawPendingInput = (kernel: Kernel, input: SeenInput): Promise<InputChange> => {
  const { sessionId, messageId, version } = input;
  return changePending(kernel, input, {
    disposition: "withdrawn",
    plan: () => ({
      sessionId,
      events: [kernel.committer.draft("input.withdrawn", { messageId, withdraws: version })],
    }),
  });
};

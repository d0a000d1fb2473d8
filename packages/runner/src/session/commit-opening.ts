import { HoldfastError } from "@holdfast/core";

import type { EventDraft } from "@holdfast/core/event";
import type { AskRow } from "@holdfast/core/store";
import type { Kernel } from "./kernel.ts";
import type { AskScope } from "./ask-scope.ts";

/** How often the asks that are superseded may be answered, or end, in between the look at them and the commit. */
const tries = 8;

/**
 * Opens an ask, and ends those of the same call that an earlier owner opened and that were not asked again: a call which ran anew and shows
 * something else wants no answer to what it showed before.
 */
export const commitOpening = async (
  { services }: Kernel,
  lane: AskScope,
  { opened, superseded }: { readonly opened: EventDraft; readonly superseded: readonly AskRow[] },
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const asks = superseded.length === 0 ? [] : ((await services.store.snapshot(lane.work.sessionId))?.asks ?? []);
    const ended = asks
      .filter(({ askId }) => superseded.some((ask) => ask.askId === askId))
      .map(({ askId }) => lane.draft("ask.expired", { askId, reason: "settled" }));
    try {
      // Conditional: a tool that asks although its call is over must not break the lane.
      await lane.commit([...ended, opened], { conditional: true });
      return;
    } catch (error) {
      if (ended.length === 0 || attempt >= tries || !HoldfastError.isInstance(error, "store.condition-failed"))
        throw error;
    }
  }
};

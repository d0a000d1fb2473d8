import { HoldfastError, toWellFormed } from "@holdfast/core";
import { todoListSchema } from "@holdfast/core/event";

import type { CallId } from "@holdfast/core";
import type { CallTodos } from "@holdfast/core/tool";
import type { CallLife } from "./call-life.ts";
import type { Lane } from "./lane.ts";

/** What `ctx.todos` does for one call, while it lives: its list is committed before what settles it. */
export const callTodos = (lane: Lane, life: CallLife, callId: CallId): CallTodos => ({
  update: async (items) => {
    const checked = todoListSchema.safeParse(items);
    if (!checked.success) {
      throw new HoldfastError("argument.invalid", {
        message: `Expected a list of todos, found one that does not fit: ${checked.error.message}. Keep it to 200 items of 500 characters, and 64 KiB as JSON.`,
        data: { callId },
      });
    }
    life.assertLives();
    lane.assertLease();
    const written = checked.data.map((item) => ({ ...item, content: toWellFormed(item.content) }));
    await lane.commit([lane.draft("todo.updated", { callId, items: written })]);
  },
});

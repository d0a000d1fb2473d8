import { todoListSchema } from "@holdfast/core/event";
import { defineTool } from "@holdfast/core/tool";
import * as z from "zod";

import type { Tool } from "@holdfast/core/tool";

const inputSchema = z.strictObject({
  todos: todoListSchema.describe("The whole list, in its order; what is not in it is gone"),
});

const outputSchema = z.strictObject({ total: z.int(), open: z.int() });

/**
 * Lets the model keep the session's list of todos. Each call gives the whole list, so recovery may run it again. It has nothing to prepare:
 * the runtime asks the rules for `todowrite` on `*`.
 */
export const createTodoWriteTool = (): Tool =>
  defineTool({
    name: "todowrite",
    description:
      "Keeps your list of what is to be done in this session; the user sees it. Give the whole list each time. Use it for work of three steps or more: have one item in progress, and mark each as completed right when it is done.",
    input: inputSchema,
    output: outputSchema,
    replay: "safe",
    execute: async ({ todos }, ctx) => {
      await ctx.todos.update(todos);
      const open = todos.filter(({ status }) => status === "pending" || status === "in_progress");
      return { total: todos.length, open: open.length };
    },
    present: ({ total, open }) => `The list has ${total} todos, ${open} of them open.`,
  });

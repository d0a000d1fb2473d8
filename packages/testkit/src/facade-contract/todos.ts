import { defineTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { text, toolCall } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, setStage } from "./stage.ts";

import type { Todo } from "@holdfast/core/event";
import type { FacadeSubject } from "./facade-subject.ts";

const lists: readonly (readonly Todo[])[] = [
  [{ content: "Look at it", status: "in_progress", priority: "high" }],
  [
    { content: "Look at it", status: "completed", priority: "high" },
    { content: "Mend it", status: "pending", priority: "low" },
  ],
];

/** A tool that keeps one of the lists. */
const keeping = defineTool({
  name: "keep",
  description: "Keeps a list.",
  input: z.object({ list: z.int() }),
  output: z.string(),
  execute: async ({ list }, ctx) => {
    await ctx.todos.update(lists[list] ?? []);
    return "kept";
  },
});

/** The todos that a session keeps track of. */
export const describeTodos = (subject: FacadeSubject): void => {
  it("a session's todos are the last list that a tool wrote, and none before", async () => {
    const script = [[toolCall("keep", { list: 0 })], [toolCall("keep", { list: 1 })], [text("Done.")]];
    await using stage = await setStage(subject, { script, tools: [keeping] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    expect(await sessions.todos({ sessionId })).toEqual([]);
    await stage.turn("Go");
    expect(await sessions.todos({ sessionId })).toEqual(lists[1]);
    const log = await stage.log();
    expect(log.flatMap(({ type, data }) => (type === "todo.updated" ? [data.items] : []))).toEqual(lists);
    expect(await codeOf(sessions.todos({ sessionId: "ses_nobody" }))).toBe("session.not-found");
  });
};

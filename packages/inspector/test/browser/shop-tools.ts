import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import * as z from "zod";

import type { Plugin } from "@holdfast/core/plugin";

const read = defineTool({
  name: "read",
  description: "Reads a file.",
  input: z.object({ path: z.string() }),
  output: z.string(),
  replay: "safe",
  execute: ({ path }) =>
    `// ${path}\nexport const total = (cart) =>\n  cart.reduce((sum, { price, count }) => sum + price, 0);\n`,
});

const edit = defineTool({
  name: "edit",
  description: "Edits a file.",
  input: z.object({ path: z.string(), find: z.string(), replace: z.string() }),
  output: z.string(),
  prepare: async ({ path, find, replace }, { permission }) => {
    await permission.assert({
      action: "edit",
      resources: [path],
      always: ["src/*"],
      preview: `--- ${path}\n+++ ${path}\n- ${find}\n+ ${replace}`,
    });
    return { path };
  },
  execute: ({ path }) => `edited ${path}`,
});

/** Asks a person, in the words that the model chose. */
const question = defineTool({
  name: "question",
  description: "Asks the user.",
  input: z.object({}),
  output: z.string(),
  prepare: async (_input, { ask }) => {
    const answers = await ask({
      questions: [
        {
          question: "Which shops are to get the new total?",
          header: "Shops",
          options: [{ label: "Bergen" }, { label: "Oslo", description: "closed on Sundays" }],
          multiple: true,
          custom: false,
        },
        { question: "What is the branch to be called?" },
      ],
    });
    return { answers: answers.map((answer) => [...answer]) };
  },
  execute: (_input, { effect }) => JSON.stringify(effect),
});

/** A tool that takes as long as it is let: it says that it began, and waits for its end. */
const deploy = (replay: "safe" | "never", name: string, onBegun: (name: string) => Promise<void>) =>
  defineTool({
    name,
    description: "Takes its time.",
    input: z.object({ shop: z.string() }),
    output: z.string(),
    replay,
    execute: async ({ shop }) => {
      await onBegun(name);
      return `${name}ed ${shop}`;
    },
  });

/** The tools of the shop that the tests tell of. */
export const shopTools = (onBegun: (name: string) => Promise<void> = async () => {}): Plugin =>
  definePlugin({
    name: "shop",
    setup: ({ tools }) => {
      for (const tool of [read, edit, question]) tools.register(tool);
      tools.register(deploy("never", "deploy", onBegun));
      tools.register(deploy("safe", "measure", onBegun));
    },
  });

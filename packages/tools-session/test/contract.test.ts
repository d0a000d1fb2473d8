import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describePlugin, describeTool } from "@holdfast/testkit/contract";

import { sessionTools } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { ToolWorld } from "@holdfast/testkit/contract";

const open = async (): Promise<ToolWorld> => {
  const folder = await temporaryFolder();
  return {
    directory: folder.path,
    plugin: () => sessionTools({ skills: { folders: ["skills"] } }),
    snapshot: async () => ({}),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
};

const nothing = "it works on nothing but its context";
const todo = { content: "Look at it", status: "pending", priority: "low" };

describeTool({
  tool: "question",
  replay: "safe",
  open,
  cases: [
    {
      name: "two questions",
      input: { questions: [{ question: "Which?", options: [{ label: "a" }] }, { question: "Why?" }] },
    },
  ],
  invalid: [{ questions: [] }, { questions: [{ question: "" }] }, {}],
  usesNoPort: nothing,
});

describeTool({
  tool: "todowrite",
  replay: "safe",
  open,
  cases: [{ name: "a list", input: { todos: [todo] } }],
  invalid: [{ todos: [{ ...todo, status: "done" }] }, { todos: [{ ...todo, content: "" }] }, {}],
  usesNoPort: nothing,
});

describeTool({
  tool: "skill",
  replay: "safe",
  open,
  cases: [
    {
      name: "a skill",
      input: { name: "deploy" },
      setup: ({ directory }) => {
        mkdirSync(join(directory, "skills"));
        writeFileSync(join(directory, "skills/deploy.md"), "---\ndescription: Deploys\n---\nPush the button.\n");
      },
      otherwise: [() => undefined],
    },
  ],
  invalid: [{ name: "" }, { name: "x".repeat(65) }, {}],
  usesNoPort: "it reads the folders of skills itself",
});

describePlugin({
  plugin: () => sessionTools(),
  tools: ["question", "todowrite", "skill"],
  sources: ["session/date", "session/skills"],
});

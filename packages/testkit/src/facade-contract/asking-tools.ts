import { defineTool } from "@holdfast/core/tool";
import * as z from "zod";

import { lastUserText, toolResultsOfTurn } from "../model/conversation.ts";
import { text, toolCall } from "../model/script.ts";

import type { AskInfo, Rule } from "@holdfast/core";
import type { Tool } from "@holdfast/core/tool";
import type { Script } from "../model/script.ts";
import type { Stage } from "./stage.ts";

/** Everything is allowed but writing, which is asked for. */
export const askToWrite: readonly Rule[] = [
  { action: "*", resource: "*", effect: "allow" },
  { action: "write", resource: "*", effect: "ask" },
];

/** A tool that asks to write to the paths that it is given, one assertion for each, and then says that it did. */
export const writing = (written: string[]): Tool =>
  defineTool({
    name: "write",
    description: "Writes to paths.",
    input: z.object({ paths: z.array(z.string()) }),
    output: z.string(),
    prepare: async ({ paths }, { permission }) => {
      for (const path of paths)
        await permission.assert({ action: "write", resources: [path], always: ["/safe/*"], preview: { path } });
      return { paths };
    },
    execute: ({ paths }) => {
      written.push(...paths);
      return `wrote ${paths.join(", ")}`;
    },
  });

/** A tool that asks a person two questions, and says what it heard. */
export const questioning = (heard: (readonly string[])[][]): Tool =>
  defineTool({
    name: "question",
    description: "Asks the user.",
    input: z.object({}),
    output: z.string(),
    prepare: async (_input, { ask }) => {
      const answers = await ask({
        questions: [
          { question: "Which colour?", options: [{ label: "red" }, { label: "blue" }], custom: false },
          { question: "Why?" },
        ],
      });
      heard.push([...answers]);
      return { answers: answers.map((answer) => [...answer]) };
    },
    execute: (_input, { effect }) => JSON.stringify(effect),
  });

/** A turn in which these calls are made, each once, and then an answer. What a user says beside "Go" is just answered. */
export const callingOnce =
  (...calls: readonly (readonly [string, object])[]): Script =>
  (prompt) =>
    lastUserText(prompt) !== "Go" || toolResultsOfTurn(prompt).length > 0
      ? [text("done")]
      : calls.map(([name, input]) => toolCall(name, input as Parameters<typeof toolCall>[1]));

/** The session's open asks. */
export const openAsks = async ({ holdfast, session }: Stage): Promise<readonly AskInfo[]> =>
  (await holdfast.asks.list({ sessionId: session.id })).asks;

/** The one open ask of a session. */
export const onlyAsk = async (stage: Stage): Promise<AskInfo> => {
  const [ask, another] = await openAsks(stage);
  if (ask === undefined || another !== undefined) throw new Error("expected exactly one open ask");
  return ask;
};

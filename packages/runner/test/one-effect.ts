import { defineTool } from "@holdfast/core/tool";
import { lastUserText, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import * as z from "zod";

import type { Script } from "@holdfast/testkit";

/** Calls `act` once where it is told "Go", and looks at what came of it; answers anything else at once. */
export const script: Script = (prompt) =>
  toolResultsOfTurn(prompt).length === 0 && lastUserText(prompt) === "Go" ? [toolCall("act", {})] : [text("I see.")];

/** The tool `act`, and how often it ran. */
export const acting = () => {
  const runs: number[] = [];
  const act = defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    execute: () => `run ${runs.push(runs.length)}`,
  });
  return { runs, act };
};

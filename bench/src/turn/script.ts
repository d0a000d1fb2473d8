import { lastUserText, scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import * as z from "zod";

import type { ScriptedModel } from "@holdfast/testkit";

/** The text of each of a turn's two answers, and in how many pieces it comes. */
export const chunks = 50;
export const chunk = "The quick brown fox ";

/** What the one tool of the turn is given, and what it gives. */
export const toolInput = z.object({ path: z.string(), offset: z.number(), limit: z.number() });
export const toolName = "read_file";
export const toolResult = "x".repeat(500);
export const instructions = `You are a helpful agent. ${"y".repeat(400)}`;
export const promptOf = (turn: number): string => `Turn ${turn}: ${"z".repeat(190)}`;
/** What the model calls the tool with. */
export const callInputOf = (turn: number) => ({
  path: `/srv/project/src/module-${turn % 100}/index.ts`,
  offset: turn,
  limit: 40,
});
/** How many deltas of text a reader must see in a turn. */
export const deltasPerTurn = 2 * chunks;

/** One turn: 50 chunks of text and a call, then 50 chunks of text. In process, without a delay. */
export const turnModel = (): ScriptedModel =>
  scriptedModel(
    (prompt) => {
      const answer = text(chunk.repeat(chunks), { chunks });
      if (toolResultsOfTurn(prompt).length > 0) return [answer];
      const turn = Number(/^Turn (\d+)/.exec(lastUserText(prompt))?.[1] ?? 0);
      return [answer, toolCall(toolName, callInputOf(turn))];
    },
    { record: false },
  );

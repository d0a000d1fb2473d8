import { stepCountIs, streamText, tool } from "ai";

import { deltasPerTurn, instructions, promptOf, toolInput, toolName, toolResult, turnModel } from "./script.ts";

import type { ModelMessage } from "ai";
import type { Player } from "./holdfast-turn.ts";

/** The floor: the same turn through bare `streamText`, which stores nothing but an array in memory. */
export const openStreamText = (): Player => {
  const model = turnModel();
  const tools = {
    [toolName]: tool({ description: "Reads a file", inputSchema: toolInput, execute: async () => toolResult }),
  };
  const history: ModelMessage[] = [];
  return {
    turn: async (index) => {
      history.push({ role: "user", content: promptOf(index) });
      const result = streamText({
        model,
        instructions,
        messages: [...history],
        tools,
        stopWhen: stepCountIs(5),
        maxRetries: 0,
      });
      let deltas = 0;
      for await (const part of result.fullStream) {
        if (part.type === "text-delta") deltas += 1;
        if (part.type === "error") throw part.error;
      }
      if (deltas !== deltasPerTurn) throw new Error(`expected ${deltasPerTurn} deltas, found ${deltas}`);
      history.push(...(await result.response).messages);
    },
    [Symbol.asyncDispose]: async () => {},
  };
};

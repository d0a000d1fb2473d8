import { dirname } from "node:path";

import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import * as z from "zod";

import { deltasPerTurn, instructions, promptOf, toolInput, toolName, toolResult, turnModel } from "./script.ts";

import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { Plugin } from "@holdfast/core/plugin";
import type { Store } from "@holdfast/core/store";

/** Something that can play the turn again and again, and is closed at the end. */
export interface Player extends AsyncDisposable {
  turn(index: number): Promise<void>;
}

/** The one tool of the turn. */
export const turnTool = defineTool({
  name: toolName,
  description: "Reads a file",
  input: toolInput,
  output: z.string(),
  replay: "safe",
  execute: () => toolResult,
});

/** How the runtime is opened. */
export interface OpenHoldfastOptions {
  readonly path: string;
  readonly synchronous: "normal" | "full";
  /** Looks at what the runtime does with its store. */
  readonly watching?: (store: Store) => Store;
  /** Default: the scripted model of the turn. */
  readonly model?: LanguageModelV4;
  /** Beside the one with the tool. Default: none. */
  readonly plugins?: readonly Plugin[];
}

/** The turn through the public facade, on a SQLite file, with a reader that takes every delta. */
export const openHoldfast = async (options: OpenHoldfastOptions): Promise<Player> => {
  const { path, synchronous, watching, model = turnModel(), plugins = [] } = options;
  const store = await openSqliteStore({ path, synchronous });
  const holdfast = await createRuntime({
    store: watching?.(store) ?? store,
    model: () => ({ model }),
    agents: { default: { instructions } },
    plugins: [definePlugin({ name: "bench", setup: ({ tools }) => void tools.register(turnTool) }), ...plugins],
    rules: [{ action: "*", resource: "*", effect: "allow" }],
  });
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: dirname(path) } });
  return {
    turn: async (index) => {
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text: promptOf(index) });
      let deltas = 0;
      for await (const item of holdfast.sessions.events({ sessionId, after: cursor, live: true, until: "idle" })) {
        if (item.kind === "live" && item.live.type === "block.delta") deltas += 1;
      }
      if (deltas !== deltasPerTurn) throw new Error(`expected ${deltasPerTurn} deltas, found ${deltas}`);
    },
    [Symbol.asyncDispose]: () => holdfast[Symbol.asyncDispose](),
  };
};

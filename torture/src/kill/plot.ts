import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";

import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { providerError, refuse, reset, scriptedModel, text, toolCall } from "@holdfast/testkit";
import * as z from "zod";

import type { FaultPoints, Holdfast } from "@holdfast/core";
import type { RecoveryPolicy } from "@holdfast/runner";
import type { SqliteStore } from "@holdfast/store-sqlite";
import type { ScriptedModel } from "@holdfast/testkit";

/** Where a session of the plot is, and what it is called. */
export interface PlotPlace {
  readonly directory: string;
  readonly store: string;
  readonly sessionId: string;
  /** How the victim's first request fails, where it does; whoever takes over has no such trouble. */
  readonly stumble?: "refused" | "cut";
  /** Whether a person is asked for the mark, and what the victim does then. */
  readonly asks?: "wait" | "rest" | "answer" | "expire";
}

/** The identity of its one prompt. */
export const promptId = "msg_plot";
const effectsFile = "effects.txt";

/** Everything that processes of this plot run: one look that may be repeated, one mark that may not, and an answer. */
export const openPlot = async (
  place: PlotPlace,
  {
    recovery,
    faults,
    isVictim = false,
  }: {
    readonly recovery: RecoveryPolicy;
    readonly faults?: FaultPoints | undefined;
    /** Whether it is the one that stumbles and asks as the place says. */
    readonly isVictim?: boolean;
  },
): Promise<{ readonly holdfast: Holdfast; readonly store: SqliteStore; readonly model: ScriptedModel }> => {
  const store = await openSqliteStore({ path: place.store });
  const model = scriptedModel((prompt, callIndex) => {
    if (isVictim && place.stumble !== undefined && callIndex === 0) return stumbles[place.stumble];
    // From the conversation, not from a counter: any process gives the same answer to it.
    const done = new Set(
      prompt
        .flatMap((message) => (message.role === "tool" ? message.content : []))
        .map((part) => ("toolName" in part ? part.toolName : "")),
    );
    if (!done.has("look")) return [text("I look first. ", { chunks: 3 }), toolCall("look", {})];
    if (!done.has("mark")) return [text("Now I mark it. ", { chunks: 3 }), toolCall("mark", { line: "one effect" })];
    return [text("Done.", { chunks: 2 })];
  });
  const holdfast = await createRuntime({
    store,
    model: () => ({ model }),
    plugins: [plotTools],
    rules: [
      { action: "*", resource: "*", effect: "allow" },
      ...(place.asks === undefined ? [] : [{ action: "mark", resource: "*", effect: "ask" as const }]),
    ],
    asks: {
      ...(isVictim && place.asks === "rest" ? { restMs: 0 } : {}),
      ...(isVictim && place.asks === "expire" ? { expireMs: 50 } : {}),
    },
    recovery,
    faults,
    // The one retirement of a dead owner that is under test is the proven one.
    claims: { discoverMs: 1_000 },
  });
  return { holdfast, store, model };
};

/** Answers what the session asks, and says how many asks that were. */
export const allowAsked = async ({ asks }: Holdfast, sessionId: string): Promise<number> => {
  const open = (await asks.list({ sessionId })).asks;
  for (const { askId, identity } of open)
    await asks.answer({ sessionId, askId, identity, answer: { kind: "permission", reply: "once" } });
  return open.length;
};

const stumbles = {
  refused: [refuse(providerError({ status: 503 }))],
  cut: [text("I look fi", { open: true }), reset()],
} as const;

/** How often the effect that must not be repeated happened. */
export const countEffects = async (directory: string): Promise<number> => {
  const content = await readFile(join(directory, effectsFile), "utf8").catch(() => "");
  return content.split("\n").filter((line) => line !== "").length;
};

const plotTools = definePlugin({
  name: "plot",
  setup: ({ tools }) => {
    tools.register(
      defineTool({
        name: "look",
        description: "Looks; may be repeated.",
        input: z.object({}),
        output: z.string(),
        replay: "safe",
        execute: () => "seen",
      }),
    );
    tools.register(
      defineTool({
        name: "mark",
        description: "Leaves a mark; must not be repeated.",
        input: z.object({ line: z.string() }),
        output: z.string(),
        prepare: ({ line }, { location }) => ({ file: join(location.directory, effectsFile), line }),
        execute: async ({ line }, { location }) => {
          await appendFile(join(location.directory, effectsFile), `${line}\n`);
          return "marked";
        },
      }),
    );
  },
});

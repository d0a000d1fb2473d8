import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { lastUserText, providerError, refuse, scriptedModel, text, toolCall } from "@holdfast/testkit";
import * as z from "zod";

import type { FaultPoints, Holdfast, Logger } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { Store } from "@holdfast/core/store";
import type { RecoveryPolicy } from "@holdfast/runner";
import type { Script, ScriptStep } from "@holdfast/testkit";

/** Claims that expire soon, so that a take-over can be waited for hundreds of times. */
export const claims = { renewMs: 150, expireMs: 600, discoverMs: 60 } as const;

/** Where a process may be stopped, and how often a session of the plot passes there. None of them is inside a transaction. */
export const places: Readonly<Record<string, number>> = {
  "after:B0": 1,
  "after:B1": 1,
  "after:B2": 3,
  "after:B3": 2,
  "after:B4": 2,
  "after:B5": 2,
  "after:B6": 2,
  "after:retry.scheduled": 1,
  "a request": 3,
  "a stream": 3,
  "before an effect": 2,
  "after an effect": 2,
  "in a preparation": 2,
};

/** The text of a prompt whose first request is refused by the process that is stopped later. */
export const stumbling = "Stumble, look and mark.";

/** How every answer is streamed. */
const paced = { chunks: 4, delayMs: 8 } as const;

/** An effect, as the process that had it wrote it down. */
export interface EffectLine {
  readonly callId: string;
  readonly pid: number;
}

/** The file in which the effects of a session are. */
export const effectsFile = (directory: string, sessionId: string): string => join(directory, `${sessionId}.effects`);

/** How a process plays the plot. */
export interface Part {
  readonly directory: string;
  readonly store: string;
  readonly recovery: RecoveryPolicy;
  readonly faults: FaultPoints;
  readonly logger: Logger;
  /** Whether requests are refused to it where the plot says so. */
  readonly stumbles: boolean;
  /** Looks at what the runtime does with its store. */
  readonly watching: (store: Store) => Store;
}

/** A look that may be repeated, a mark that may not, and an answer; each takes its time. */
export const openPlot = async ({ directory, store, watching, ...part }: Part): Promise<Holdfast> => {
  const model = scriptedModel(scriptOf(part), { record: false });
  return createRuntime({
    store: watching(await openSqliteStore({ path: store })),
    model: () => ({ model }),
    plugins: [toolsOf(directory, part.faults)],
    rules: [{ action: "*", resource: "*", effect: "allow" }],
    recovery: part.recovery,
    faults: part.faults,
    logger: part.logger,
    retries: { firstMs: 100 },
    claims,
  });
};

// From the conversation, not from a counter: any process gives the same answer to it.
const scriptOf = ({ faults, stumbles }: Pick<Part, "faults" | "stumbles">): Script => {
  const refused = new Set<string>();
  return (prompt): ScriptStep => {
    const asked = lastUserText(prompt);
    faults.reach("a request");
    if (stumbles && asked.startsWith(stumbling) && !refused.has(asked)) {
      refused.add(asked);
      return [refuse(providerError({ status: 503 }))];
    }
    // A third of the way through the answer.
    setTimeout(() => faults.reach("a stream"), 10);
    const done = new Set(
      prompt
        .flatMap((message) => (message.role === "tool" ? message.content : []))
        .map((part) => ("toolName" in part ? part.toolName : "")),
    );
    if (!done.has("look")) return [text("I look first.", paced), toolCall("look", {})];
    if (!done.has("mark")) return [text("Now I mark it.", paced), toolCall("mark", {})];
    return [text("Done, both.", paced)];
  };
};

const toolsOf = (directory: string, faults: FaultPoints): Plugin =>
  definePlugin({
    name: "stale",
    setup: ({ tools }) => {
      for (const [name, replay] of [
        ["look", "safe"],
        ["mark", "never"],
      ] as const) {
        const tool = defineTool({
          name,
          description: "Writes down that it was there.",
          input: z.object({}),
          output: z.string(),
          replay,
          prepare: async () => {
            await sleep(4);
            faults.reach("in a preparation");
            return null;
          },
          execute: async (_input, { callId, sessionId }) => {
            faults.reach("before an effect");
            const line: EffectLine = { callId, pid: process.pid };
            await appendFile(effectsFile(directory, sessionId), `${JSON.stringify(line)}\n`);
            faults.reach("after an effect");
            await sleep(10);
            return "there";
          },
        });
        tools.register(tool);
      }
    },
  });

// A process of the torture "crowd": many sessions at once, round after round, and what that does to the event loop and the heap.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";

import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { delay, lastUserText, scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { fsTools } from "@holdfast/tools-fs";
import * as z from "zod";

import { argumentOf, tell } from "../child-process.ts";

import type { SessionId } from "@holdfast/core";

/** How the host is started. */
export interface HostArgument {
  readonly directory: string;
  readonly store: string;
  readonly sessions: number;
  readonly rounds: number;
}

/** What one round came to. */
export interface RoundReport {
  readonly turns: number;
  /** How long it took until the last session rested, in milliseconds. */
  readonly tookMs: number;
  readonly unfinished: readonly string[];
  /** Delay of the event loop, in milliseconds. */
  readonly p99Ms: number;
  readonly longestMs: number;
  /** After a forced collection, in bytes. */
  readonly heap: number;
}

const modelMs = 20;
/** Turns of each session in a round, one after the other: enough for the loop's delay to have a percentile. */
const turns = 4;
const { directory, store, sessions: count, rounds } = argumentOf() as HostArgument;
await writeFile(join(directory, "notes.txt"), "Something to read.\n".repeat(50));

const model = scriptedModel(
  (prompt) => [
    delay(modelMs),
    text("Let me see. ", { chunks: 20 }),
    ...(toolResultsOfTurn(prompt).length === 0
      ? [toolCall("read", { path: "notes.txt" }), toolCall("count", { word: lastUserText(prompt) })]
      : []),
  ],
  { record: false },
);
const counting = defineTool({
  name: "count",
  description: "Counts letters.",
  input: z.object({ word: z.string() }),
  output: z.number(),
  execute: ({ word }) => word.length,
});
const holdfast = await createRuntime({
  store: await openSqliteStore({ path: store }),
  model: () => ({ model }),
  plugins: [fsTools(), definePlugin({ name: "crowd", setup: ({ tools }) => void tools.register(counting) })],
  rules: [{ action: "*", resource: "*", effect: "allow" }],
});
const { sessions } = holdfast;

/** One turn, with a reader that takes every delta. */
const takeTurn = async (sessionId: SessionId, round: number): Promise<string> => {
  const { cursor } = await sessions.prompt({ sessionId, text: `Round ${round}` });
  let rest = "nothing";
  for await (const item of sessions.events({ sessionId, after: cursor, live: true, until: "idle" }))
    if (item.kind === "notice" && item.notice.type === "rest") ({ rest } = item.notice);
  return rest;
};

/** The turns of a session in a round: how the first one came out that was not completed. */
const takeTurns = async (sessionId: SessionId, round: number): Promise<string> => {
  for (let turn = 0; turn < turns; turn++) {
    const rest = await takeTurn(sessionId, round);
    if (rest !== "completed") return rest;
  }
  return "completed";
};

/** Sessions of their own for each round: conversations that go on grow, and what is kept of them for their next turn with them. */
const createSessions = async (): Promise<readonly SessionId[]> => {
  const created: SessionId[] = [];
  for (let index = 0; index < count; index++) created.push((await sessions.create({ location: { directory } })).id);
  return created;
};

for (let round = 0; round < rounds; round++) {
  const ids = await createSessions();
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  const startedAt = performance.now();
  const rests = await Promise.all(ids.map((sessionId) => takeTurns(sessionId, round)));
  const tookMs = performance.now() - startedAt;
  lag.disable();
  const unfinished = rests.filter((rest) => rest !== "completed");
  // What waits for a turn of the loop to be let go of.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  globalThis.gc?.();
  const { heapUsed: heap } = process.memoryUsage();
  // The histogram counts the resolution itself as delay.
  tell({
    turns: count * turns,
    tookMs,
    unfinished,
    p99Ms: lag.percentile(99) / 1e6 - 1,
    longestMs: lag.max / 1e6 - 1,
    heap,
  });
}
await holdfast[Symbol.asyncDispose]();

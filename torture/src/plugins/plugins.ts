import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import * as z from "zod";

import { makeScratch } from "../scratch.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { Runtime } from "@holdfast/runner";
import type { Outcome, Torture } from "../torture.ts";

const idleMs = 300;
/** What a heap may have grown by after a collection, for what the engine itself keeps. */
const slackBytes = 2 * 1024 * 1024;

/** Plugins that come and go, and Locations that open and close: nothing of them stays. */
export const plugins: Torture = {
  name: "plugins",
  proves: "of plugins that were added, replaced and removed, and of Locations that were evicted, nothing is left",
  run: async ({ full }): Promise<Outcome> => {
    const cycles = full ? 10_000 : 1_000;
    const locations = full ? 1_000 : 100;
    const broken: string[] = [];
    const made = new Made();
    await using scratch = await makeScratch();
    await using runtime = await createRuntime({
      store: await openSqliteStore({ path: scratch.store }),
      model: () => ({
        model: scriptedModel((prompt) =>
          toolResultsOfTurn(prompt).length === 0 ? [toolCall("speak", {})] : [text("I heard it.")],
        ),
      }),
      rules: [{ action: "*", resource: "*", effect: "allow" }],
      locations: { idleMs },
    });

    const turn = await openSession(runtime, scratch.directory);
    await cycle(runtime, turn, { made, count: 100 });
    const before = await measure(runtime, made);
    await cycle(runtime, turn, { made, count: cycles });
    const between = await measure(runtime, made);
    broken.push(...compare("after the cycles", before, between));

    await runtime.addPlugin(made.plugin("everywhere"));
    const startedAt = performance.now();
    await visit(runtime, scratch.directory, { from: 0, to: 20 });
    await untilEvicted(runtime);
    const beforeVisits = await measure(runtime, made);
    await visit(runtime, scratch.directory, { from: 20, to: 20 + locations });
    const most = (await runtime.locations.list()).length;
    broken.push(...(await untilEvicted(runtime)));
    const after = await measure(runtime, made);
    broken.push(...compare("after the evictions", beforeVisits, after));
    return {
      done: {
        "add, replace, remove": cycles,
        "plugins set up": made.count,
        "Locations opened": locations + 20,
        "open at once, at most": most,
        "opened and evicted in (ms)": Math.round(performance.now() - startedAt),
        "heap after the cycles (KiB more)": kib(between.heap - before.heap),
        "heap after the evictions (KiB more)": kib(after.heap - beforeVisits.heap),
      },
      broken,
    };
  },
};

/** Makes plugins that take something of everything, and knows which of their contexts are still reachable. */
class Made {
  readonly #contexts: WeakRef<object>[] = [];
  timers = 0;

  get count(): number {
    return this.#contexts.length;
  }

  get alive(): number {
    return this.#contexts.filter((context) => context.deref() !== undefined).length;
  }

  plugin(says: string): Plugin {
    return definePlugin({
      name: "voice",
      setup: (context) => {
        this.#contexts.push(new WeakRef(context));
        const ballast = Array.from({ length: 1_000 }, () => 0);
        const timer = setInterval(() => ballast.push(0), 60_000);
        this.timers += 1;
        // Every hook, with what would stay if its tap did.
        const keep = <T>(given: T): T | undefined => (ballast.length > 0 ? given : undefined);
        const { hooks } = context;
        hooks.opening.tapPromise(() => void ballast.at(0));
        hooks.opened.tapPromise(() => void ballast.at(0));
        hooks.closing.tapPromise(() => void ballast.at(0));
        hooks.contextCollecting.tapPromise(keep);
        hooks.toolsCollecting.tapPromise(keep);
        hooks.requestPreparing.tapPromise(keep);
        hooks.toolCallPreparing.tapPromise(keep);
        hooks.toolCallAuthorizing.tapPromise(keep);
        hooks.toolResultShaping.tapPromise(keep);
        hooks.compactionPreparing.tapPromise(keep);
        hooks.eventsCommitted.tapPromise(() => void ballast.at(0));
        context.context.register({
          key: "voice/says",
          load: () => (ballast.length > 0 ? says : ""),
          baseline: (value) => `The voice says ${value}.`,
          removal: () => "The voice is gone.",
        });
        const execute = (): string => says;
        context.tools.register(
          defineTool({
            name: "speak",
            description: `Says ${says}.`,
            input: z.object({}),
            output: z.string(),
            execute,
          }),
        );
        return () => {
          clearInterval(timer);
          this.timers -= 1;
        };
      },
    });
  }
}

const openSession = async (runtime: Runtime, directory: string): Promise<() => Promise<void>> => {
  const { id: sessionId } = await runtime.sessions.create({ location: { directory } });
  return async () => {
    const { cursor } = await runtime.sessions.prompt({ sessionId, text: "Speak" });
    const { status } = await runtime.sessions.wait({ sessionId, after: cursor });
    if (status !== "completed") throw new Error(`a turn ended as ${status}`);
  };
};

const cycle = async (
  runtime: Runtime,
  turn: () => Promise<void>,
  { made, count }: { readonly made: Made; readonly count: number },
): Promise<void> => {
  const pause = Math.ceil(count / 20);
  for (let index = 0; index < count; index++) {
    // So that the Location is open, and steps capture what is about to go.
    const isWorking = index % pause === 0;
    if (isWorking) await turn();
    await runtime.addPlugin(made.plugin("first"));
    if (isWorking) await turn();
    await runtime.replacePlugin(made.plugin("second"));
    if (isWorking) await turn();
    await runtime.removePlugin("voice");
  }
  await turn();
};

const visit = async (
  runtime: Runtime,
  parent: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> => {
  for (let index = from; index < to; index++) {
    const directory = join(parent, `location-${index}`);
    await mkdir(directory);
    const turn = await openSession(runtime, directory);
    await turn();
  }
};

const untilEvicted = async (runtime: Runtime): Promise<readonly string[]> => {
  const until = performance.now() + 30_000;
  while (performance.now() < until) {
    if ((await runtime.locations.list()).length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return [`${(await runtime.locations.list()).length} Locations were not evicted within 30 s`];
};

interface Measure {
  readonly heap: number;
  readonly alive: number;
  readonly timers: number;
  readonly taps: number;
  readonly listeners: number;
  readonly resources: string;
}

/** What is there after a forced collection. */
const measure = async (runtime: Runtime, made: Made): Promise<Measure> => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 3; round++) {
    // A weak reference that was read lives to the end of its turn of the loop.
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
  }
  const kinds = process.getActiveResourcesInfo().filter((kind) => kind !== "Timeout" && kind !== "Immediate");
  return {
    heap: process.memoryUsage().heapUsed,
    alive: made.alive,
    taps: (await runtime.locations.list()).reduce((sum, { taps }) => sum + taps.length, 0),
    timers: made.timers,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    resources: kinds.toSorted().join(" "),
  };
};

const compare = (when: string, before: Measure, after: Measure): readonly string[] => {
  const broken: string[] = [];
  if (after.heap - before.heap > slackBytes)
    broken.push(`${when} the heap is larger by ${kib(after.heap - before.heap)} KiB`);
  // One may still be held by what ran last.
  if (after.alive > before.alive + 1) broken.push(`${when} ${after.alive} contexts of closed plugins are reachable`);
  if (after.timers !== before.timers) broken.push(`${when} ${after.timers} plugins were not closed`);
  if (after.taps !== before.taps) broken.push(`${when} there are ${after.taps} taps`);
  if (after.listeners !== before.listeners) broken.push(`${when} there are ${after.listeners} listeners`);
  if (after.resources !== before.resources) broken.push(`${when} there are other handles: ${after.resources}`);
  return broken;
};

const kib = (bytes: number): number => Math.round(bytes / 1024);

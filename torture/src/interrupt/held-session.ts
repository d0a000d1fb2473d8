import { access } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { fsTools } from "@holdfast/tools-fs";
import * as z from "zod";

import { createHold, modelOf, pidsFile, points } from "./points.ts";

import type { Holdfast } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { Store } from "@holdfast/core/store";
import type { Hold, Point } from "./points.ts";

/** Where a held session is. */
export interface HeldPlace {
  readonly directory: string;
  readonly store: string;
  readonly sessionId: string;
  readonly point: string;
}

/** A session that stands at a point, in this process. */
export interface HeldSession extends AsyncDisposable {
  readonly holdfast: Holdfast;
  /** Lets it go on, where nothing else ends its wait. */
  readonly go: () => void;
  /** Resolves when its first prompt has its receipt. */
  readonly prompted: Promise<unknown>;
}

/** Opens a runtime, prompts a session, and resolves when it stands at the point. */
export const holdSession = async ({ directory, store, sessionId, point: name }: HeldPlace): Promise<HeldSession> => {
  const point = points[name];
  if (point === undefined) throw new Error(`expected a point, found ${name}`);
  const hold = createHold();
  const model = modelOf(point, hold);
  const holdfast = await createRuntime({
    store: holding(await openSqliteStore({ path: store }), point, hold),
    model: () => ({ model }),
    plugins: [fsTools(), toolsOf(hold)],
    rules: [
      { action: "*", resource: "*", effect: "allow" },
      { action: "guarded", resource: "*", effect: "ask" },
    ],
    // So that only an interruption ends the pause.
    retries: { firstMs: 60_000 },
  });
  await holdfast.sessions.create({ id: sessionId, location: { directory } });
  const prompted = holdfast.sessions.prompt({ sessionId, text: "Go" });
  if (point.event !== undefined) await untilEvent(holdfast, sessionId, point.event);
  else if (name === "execute") await untilWritten(join(directory, pidsFile));
  else await hold.reached.opened;
  return {
    holdfast,
    go: () => hold.mayGo.open(),
    prompted,
    [Symbol.asyncDispose]: () => holdfast[Symbol.asyncDispose](),
  };
};

/** A store whose first commit of an event is held. */
const holding = (store: Store, { commit }: Point, { reached, mayGo }: Hold): Store => {
  let isHeld = false;
  const detour: Store["commit"] = async (plan) => {
    if (isHeld || !plan.events.some(({ type }) => type === commit?.type)) return store.commit(plan);
    isHeld = true;
    const result = commit?.held === "after" ? await store.commit(plan) : undefined;
    reached.open();
    await mayGo.opened;
    return result ?? store.commit(plan);
  };
  return new Proxy(store, {
    get: (target, key) => {
      if (key === "commit") return detour;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
};

const toolsOf = ({ reached }: Hold): Plugin =>
  definePlugin({
    name: "interrupt",
    setup: ({ tools }) => {
      const shape = { description: "Does something.", input: z.object({}), output: z.string() };
      const never = new Promise<never>(() => {});
      const prepare = (): Promise<never> => {
        reached.open();
        return never;
      };
      tools.register(defineTool({ ...shape, name: "look", prepare, execute: () => "seen" }));
      tools.register(defineTool({ ...shape, name: "mark", execute: () => "marked" }));
      tools.register(defineTool({ ...shape, name: "guarded", execute: () => "done without an answer" }));
    },
  });

const untilEvent = async (holdfast: Holdfast, sessionId: string, type: string): Promise<void> => {
  for await (const item of holdfast.sessions.events({ sessionId }))
    if (item.kind === "event" && item.event.type === type) return;
};

const untilWritten = async (path: string): Promise<void> => {
  for (;;) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(5);
  }
};

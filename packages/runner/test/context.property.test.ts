import { definePlugin } from "@holdfast/core/plugin";
import { verifySession } from "@holdfast/core/store";
import { createMemoryStore, scriptedModel, sha256, text } from "@holdfast/testkit";
import { array, asyncProperty, assert, constant, constantFrom, oneof, record } from "fast-check";
import { expect, it } from "vitest";

import { makeFolder, openRuntime, shared } from "./stage.ts";
import { ReferenceContext, sourceOf } from "./told-context.ts";

import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { PluginContext } from "@holdfast/core/plugin";
import type { Runtime } from "@holdfast/runner";
import type { Said } from "./told-context.ts";

const keys = ["t/a", "t/b", "t/c"];

const actions = oneof(
  { weight: 4, arbitrary: constant({ do: "prompt" } as const) },
  {
    weight: 5,
    arbitrary: record({
      do: constant("say" as const),
      key: constantFrom(...keys),
      said: constantFrom<Said>("1", "2", "down", undefined),
    }),
  },
  { weight: 2, arbitrary: record({ do: constantFrom("register", "remove"), key: constantFrom(...keys) }) },
  { weight: 1, arbitrary: constantFrom({ do: "restart" } as const, { do: "move" } as const, { do: "prune" } as const) },
);

/** The system message, and what was told after it. */
const shownIn = (prompt: LanguageModelV4Prompt) => {
  const [first] = prompt;
  const said = prompt.flatMap(({ role, content }) =>
    role === "user" ? content.map((part) => (part.type === "text" ? part.text : "")) : [],
  );
  return {
    system: first?.role === "system" ? first.content : undefined,
    told: said.filter((line) => line.startsWith("<system-update>")),
  };
};

it("shows a model what a plain telling shows, in 200 histories of changes, removals, failures, moves, prunings and restarts", async () => {
  await using here = await makeFolder();
  await using there = await makeFolder();
  let compared = 0;
  await assert(
    asyncProperty(array(actions, { minLength: 4, maxLength: 24, size: "max" }), async (plan) => {
      await using store = createMemoryStore();
      const said = new Map<string, Said>(keys.map((key) => [key, key === "t/c" ? undefined : "1"]));
      let order = [...keys];
      const open = new Map<string, Disposable>();
      let add: PluginContext["context"] | undefined;
      const register = (key: string): void => void open.set(key, add!.register(sourceOf(key, () => said.get(key))));
      const plugin = definePlugin({
        name: "teller",
        setup: ({ context }) => {
          add = context;
          for (const key of order) register(key);
        },
      });
      const prompts: LanguageModelV4Prompt[] = [];
      const model = scriptedModel((prompt) => {
        prompts.push(prompt);
        return [text("Yes.")];
      });
      const start = (): Promise<Runtime> => openRuntime(shared(store), { model, plugins: [plugin] });
      let holdfast = await start();
      try {
        const { id: sessionId } = await holdfast.sessions.create({ location: { directory: here.path } });
        const reference = new ReferenceContext();
        let isThere = false;
        for (const action of [...plan, { do: "prompt" } as const]) {
          if (action.do === "say") said.set(action.key, action.said);
          if (action.do === "remove" && order.includes(action.key)) {
            order = order.filter((key) => key !== action.key);
            open.get(action.key)?.[Symbol.dispose]();
          }
          if (action.do === "register" && !order.includes(action.key)) {
            order.push(action.key);
            if (add !== undefined) register(action.key);
          }
          if (action.do === "restart") {
            await holdfast[Symbol.asyncDispose]();
            add = undefined;
            holdfast = await start();
          }
          if (action.do === "move") {
            isThere = !isThere;
            // A Location of its own, where the plugin is set up anew.
            await holdfast[Symbol.asyncDispose]();
            add = undefined;
            holdfast = await start();
            await holdfast.sessions.move({ sessionId, location: { directory: (isThere ? there : here).path } });
            reference.move();
          }
          if (action.do === "prune") await holdfast.sessions.list({ limit: 1 });
          if (action.do !== "prompt") continue;
          const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Well?" });
          expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
          reference.boundary(new Map(order.map((key) => [key, said.get(key)])));
          expect(shownIn(prompts.at(-1) ?? [])).toEqual({ system: reference.system, told: reference.told });
          compared += 1;
        }
        expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
      } finally {
        await holdfast[Symbol.asyncDispose]();
      }
    }),
    { numRuns: 200 },
  );
  expect(compared).toBeGreaterThan(400);
}, 120_000);

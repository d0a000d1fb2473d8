import { verifySession } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";
import { array, assert, asyncProperty, constant, constantFrom, oneof, record } from "fast-check";
import { expect, it } from "vitest";

import { ContextScene } from "./context-scene.ts";
import { makeFolder } from "./stage.ts";

import type { Said } from "./told-context.ts";

const keys = ["t/a", "t/b", "t/c"];
const key = constantFrom(...keys);
const said = constantFrom<Said>("1", "2", "down", undefined);

const actions = oneof(
  { weight: 4, arbitrary: constant({ do: "prompt" } as const) },
  { weight: 5, arbitrary: record({ do: constant("say" as const), key, said }) },
  { weight: 2, arbitrary: record({ do: constantFrom("register", "remove"), key }) },
  { weight: 3, arbitrary: record({ do: constantFrom("restart", "move", "prune", "compact") }) },
);

it("shows a model what a plain telling shows, in 200 histories of changes, removals, failures, compactions, moves, prunings and restarts", async () => {
  await using here = await makeFolder();
  await using there = await makeFolder();
  let turns = 0;
  let updates = 0;
  let compactions = 0;
  const compare = async (scene: ContextScene): Promise<void> => {
    const { foreseen, shown, expected } = await scene.prompt();
    expect(shown).toEqual(expected);
    expect(foreseen).toEqual(expected);
    turns += 1;
    updates += shown.told.length > 0 ? 1 : 0;
  };
  await assert(
    asyncProperty(array(actions, { minLength: 4, maxLength: 24, size: "max" }), async (plan) => {
      await using scene = new ContextScene(keys, [here.path, there.path]);
      await compare(scene);
      for (const action of plan) {
        if (action.do === "say") scene.say(action.key, action.said);
        else if (action.do === "remove" || action.do === "register") scene[action.do](action.key);
        else if (action.do === "prompt") await compare(scene);
        else await scene[action.do]();
      }
      await compare(scene);
      compactions += scene.compactions;
      const { chain, projections } = await verifySession(scene.store, scene.sessionId, sha256);
      expect([chain, projections]).toEqual([[], []]);
    }),
    { numRuns: 200 },
  );
  expect(turns).toBeGreaterThan(600);
  expect(updates).toBeGreaterThan(200);
  expect(compactions).toBeGreaterThan(100);
}, 120_000);

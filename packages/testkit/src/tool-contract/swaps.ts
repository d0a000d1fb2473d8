import { ToolFailure } from "@holdfast/core/tool";
import { expect } from "vitest";

import { it } from "../store-contract/kit-case.ts";
import { cleanRun, endOf, StagedTool } from "./staged-tool.ts";
import { titleOf } from "./tool-facts.ts";
import { WatchedCalls } from "./watched-calls.ts";

import type { ToolCase, ToolSubject, ToolWorld, WorldSnapshot } from "./tool-subject.ts";

/** What was approved is what is used. */
export const describeSwaps = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>): void => {
  const { isGuarded = () => true } = subject;
  const guarded = (snapshot: WorldSnapshot) =>
    Object.fromEntries(Object.entries(snapshot).filter(([name]) => isGuarded(name)));

  for (const { swap, ...one } of subject.cases) {
    if (swap === undefined) continue;
    it(
      titleOf("swaps", `${one.name}: refuses what took the place of what was approved`),
      async () => {
        await using call = await swappable(subject, one);
        const effect = await call.staged.prepare();
        await swap(call.world());
        const before = await call.staged.snapshot();
        const end = await endOf(call.staged.execute(effect));
        expect(end.type === "failed" && ToolFailure.isInstance(end.error), JSON.stringify(end)).toBe(true);
        expect(await call.staged.snapshot()).toEqual(before);
      },
      60_000,
    );

    it(
      titleOf("swaps", `${one.name}: what is swapped in at any place changes nothing that is guarded`),
      async () => {
        const { executed } = await cleanRun(subject, one);
        for (const [place, operation] of executed.entries()) {
          await using call = await swappable(subject, one);
          const effect = await call.staged.prepare();
          const before = guarded(await call.staged.snapshot());
          const watch = new WatchedCalls({
            before: async (index) => {
              if (index === place) await swap(call.world());
            },
          });
          await endOf(call.staged.execute(effect, { watch }));
          expect(guarded(await call.staged.snapshot()), `${operation} (${place})`).toEqual(before);
        }
      },
      60_000,
    );
  }
};

/** A staged call whose world is known by its own type. */
const swappable = async <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>, one: ToolCase<TWorld>) => {
  const worlds: TWorld[] = [];
  const open = async () => {
    const world = await subject.open();
    worlds.push(world);
    return world;
  };
  const staged = await StagedTool.open({ ...subject, open }, one);
  const world = (): TWorld => {
    const [found] = worlds;
    if (found === undefined) throw new TypeError("expected the world of a case that was opened, found none");
    return found;
  };
  return { staged, world, [Symbol.asyncDispose]: () => staged[Symbol.asyncDispose]() };
};

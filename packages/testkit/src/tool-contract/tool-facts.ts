import { expect } from "vitest";

import { it } from "../store-contract/kit-case.ts";
import { StagedTool } from "./staged-tool.ts";

import type { ToolCase, ToolLaw, ToolSubject, ToolWorld, WorldSnapshot } from "./tool-subject.ts";

/** Numbers of the laws, in titles. */
export const toolLaws = {
  schema: 1,
  approval: 2,
  phases: 3,
  cancellation: 4,
  bounds: 5,
  replay: 6,
  faults: 7,
  swaps: 8,
} as const satisfies Record<ToolLaw, number>;

/** Adds a fact of a law for each case that is no long one. */
export const forCases = <TWorld extends ToolWorld>(
  subject: ToolSubject<TWorld>,
  [law, fact]: readonly [law: ToolLaw, fact: string],
  test: (one: ToolCase<TWorld>) => Promise<void>,
): void => {
  for (const one of subject.cases) {
    if (one.isLong !== true) it(titleOf(law, `${one.name}: ${fact}`), () => test(one), 60_000);
  }
};

export const titleOf = (law: ToolLaw, fact: string): string => `law ${toolLaws[law]} ${law}: ${fact}`;

/** Each place of a run: before and after each operation. */
export const placesOf = (
  operations: readonly string[],
): readonly { readonly index: number; readonly moment: "before" | "after"; readonly at: string }[] =>
  operations.flatMap((operation, index) =>
    (["before", "after"] as const).map((moment) => ({ index, moment, at: `${moment} ${operation} (${index})` })),
  );

/** A case in a world of its own, with the effect that it was prepared to have. */
export const prepared = async <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>, one: ToolCase<TWorld>) => {
  const staged = await StagedTool.open(subject, one);
  return { staged, effect: await staged.prepare(), [Symbol.asyncDispose]: () => staged[Symbol.asyncDispose]() };
};

/** Whether two worlds are the same. */
export const isSame = (left: WorldSnapshot, right: WorldSnapshot): boolean => {
  try {
    expect(left).toEqual(right);
    return true;
  } catch {
    // The one thing that it throws for is that they differ.
    return false;
  }
};

/** A world without what a killed process may leave. */
export const withoutLeftovers = <TWorld extends ToolWorld>(
  { isLeftover = () => false }: ToolSubject<TWorld>,
  snapshot: WorldSnapshot,
): WorldSnapshot => Object.fromEntries(Object.entries(snapshot).filter(([name]) => !isLeftover(name)));

import { expect } from "vitest";

import { StagedTool } from "./staged-tool.ts";
import { forCases } from "./tool-facts.ts";

import type { ToolSubject, ToolWorld } from "./tool-subject.ts";

/** What belongs to which phase. */
export const describePhases = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>): void => {
  forCases(subject, ["phases", "prepare changes nothing, and gives the same effect again"], async (one) => {
    await using staged = await StagedTool.open(subject, one);
    const before = await staged.snapshot();
    const effect = await staged.prepare();
    expect(await staged.snapshot()).toEqual(before);
    expect(await staged.prepare()).toEqual(effect);
    expect(await staged.snapshot()).toEqual(before);
  });

  forCases(subject, ["phases", "execute asks nothing, and takes the effect as a store gives it back"], async (one) => {
    await using staged = await StagedTool.open(subject, one);
    await staged.execute(await staged.prepare());
    expect(staged.strayed).toEqual([]);
  });
};

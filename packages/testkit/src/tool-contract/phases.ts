import { expect } from "vitest";

import { cleanRun, StagedTool } from "./staged-tool.ts";
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

  const port = subject.usesNoPort === undefined ? "passes a port" : "passes no port, as it is said to";
  forCases(subject, ["phases", `${port}, so that the other laws try what they say`], async (one) => {
    const { prepared, executed } = await cleanRun(subject, one);
    const operations = [...prepared, ...executed];
    if (subject.usesNoPort === undefined) expect(operations).not.toEqual([]);
    else expect(operations).toEqual([]);
  });

  forCases(subject, ["phases", "execute asks nothing, and takes the effect as a store gives it back"], async (one) => {
    await using staged = await StagedTool.open(subject, one);
    await staged.execute(await staged.prepare());
    expect(staged.strayed).toEqual([]);
  });
};

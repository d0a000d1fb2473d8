import { boundText, shownLimits } from "@holdfast/core/tool";
import { expect } from "vitest";

import { StagedTool } from "./staged-tool.ts";
import { forCases } from "./tool-facts.ts";

import type { ToolSubject, ToolWorld } from "./tool-subject.ts";

/** What one call keeps at most: 64 MiB. */
const maxKeptBytes = 64 * 1024 * 1024;

/** A result is shown whole, or says where the rest is. */
export const describeBounds = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>): void => {
  forCases(subject, ["bounds", "shows no more than a runtime shows, or keeps the whole"], async (one) => {
    await using staged = await StagedTool.open(subject, one);
    const text = await staged.present(await staged.execute(await staged.prepare()));
    expect(text.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxKeptBytes);
    for (const content of staged.outputs.kept) expect(content.byteLength).toBeLessThanOrEqual(maxKeptBytes);
    // A runtime would cut what is over, and keep what was cut; what a tool kept by itself, it has to have cut by itself.
    const { whole } = boundText(text, "tool-output://call", shownLimits);
    if (staged.outputs.kept.length > 0) expect(whole).toBe(true);
  });
};

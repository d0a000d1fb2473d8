import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { text, toolCall } from "../model/script.ts";
import { it } from "./law.ts";
import { setStage } from "./stage.ts";

import type { FacadeSubject } from "./facade-subject.ts";

const look = defineTool({
  name: "look",
  description: "Looks.",
  input: z.object({}),
  output: z.string(),
  execute: () => "seen",
});

const guard = definePlugin({
  name: "guard",
  version: "1.2.3",
  requires: ["stage"],
  setup: ({ hooks }) => {
    hooks.toolCallAuthorizing.tapPromise(() => undefined, { stage: 5 });
    hooks.toolResultShaping.tapPromise(() => {
      throw new Error("no idea");
    });
  },
});

/** The Locations that are open, and what plugins contribute there. */
export const describeLocations = (subject: FacadeSubject): void => {
  it("a Location is listed from its first execution on, with its plugins, tools and rules", async () => {
    await using stage = await setStage(subject, { script: [[text("Hi.")]], tools: [look], plugins: [guard] });
    const { holdfast, directory } = stage;
    expect(await holdfast.locations.list()).toEqual([]);
    await stage.turn("Go");
    const [open, ...others] = await holdfast.locations.list();
    expect(others).toEqual([]);
    expect(open).toMatchObject({
      location: { directory },
      plugins: [
        { name: "stage", apiLevel: 1, requires: [] },
        { name: "guard", version: "1.2.3", apiLevel: 1, requires: ["stage"] },
      ],
      tools: [{ name: "look", description: "Looks.", plugin: "stage", definition: expect.any(String) }],
      rules: [{ action: "*", resource: "*", effect: "allow" }],
    });
  });

  it("taps are listed with whose they are, how often they were asked and failed, and how long they took", async () => {
    const script = [[toolCall("look", {})], [text("Hi.")]];
    await using stage = await setStage(subject, { script, tools: [look], plugins: [guard] });
    await stage.turn("Go");
    const [open] = await stage.holdfast.locations.list();
    expect(open?.taps).toMatchObject([
      { hook: "toolCallAuthorizing", plugin: "guard", stage: 5, calls: 1, failures: 0 },
      { hook: "toolResultShaping", plugin: "guard", stage: 0, calls: 1, failures: 1, lastFailure: "no idea" },
    ]);
    for (const { totalMs, longestMs } of open?.taps ?? []) {
      expect(longestMs).toBeGreaterThanOrEqual(0);
      expect(totalMs).toBeGreaterThanOrEqual(longestMs);
    }
  });
};

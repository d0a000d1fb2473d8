import { describe, it } from "vitest";

import { pluginCases } from "./plugin-cases.ts";

import type { PluginSubject } from "./plugin-subject.ts";

/**
 * The contract of a plugin as tests: that it contributes what it says, the same at each Location and each time; that its taps answer in time what
 * can be read, and leave alone what they are given; that it closes, and that nothing stays of it then: no tool, tap, timer, handle or listener,
 * and no memory. Call it at the top of a test file.
 */
export const describePlugin = (subject: PluginSubject): void => {
  describe(`Plugin: ${subject.plugin().name}`, () => {
    for (const { title, run } of pluginCases(subject)) it(title, run);
  });
};

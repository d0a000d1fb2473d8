import { turnModel } from "./script.ts";

import type { LanguageModelV4 } from "@ai-sdk/provider";

/** The model of the turn, and the CPU time that it took to look at what it was asked: the longer the history, the longer. */
export interface MeteredModel {
  readonly model: LanguageModelV4;
  /** In milliseconds, so far. */
  readonly cpuMs: () => number;
}

/** Makes one. What else the provider does, playing its stream, does not grow with the history. */
export const meteredModel = (): MeteredModel => {
  const inner = turnModel();
  let total = 0;
  const model: LanguageModelV4 = {
    ...inner,
    doStream: async (request) => {
      const before = process.cpuUsage();
      try {
        return await inner.doStream(request);
      } finally {
        const { user, system } = process.cpuUsage(before);
        total += (user + system) / 1_000;
      }
    },
  };
  return { model, cpuMs: () => total };
};

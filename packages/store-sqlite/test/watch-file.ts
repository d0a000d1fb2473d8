import { silentLogger } from "@holdfast/core";
import { vi } from "vitest";

import { Watchers } from "../src/watchers.ts";

import type { DirtyListener } from "@holdfast/core/store";

/** Watchers of a file of which `change` makes another process's commit, on a clock that stands still. */
export const watchFile = (options: { readonly onForeign?: () => void; readonly error?: () => void } = {}) => {
  vi.useFakeTimers();
  let version = 1;
  let polls = 0;
  let failure: Error | undefined;
  const watchers = new Watchers({
    dataVersion: () => {
      polls += 1;
      if (failure !== undefined) throw failure;
      return version;
    },
    onForeign: options.onForeign ?? (() => undefined),
    pollMs: 5,
    logger: { ...silentLogger, error: options.error ?? (() => undefined) },
  });
  return {
    watchers,
    change: () => (version += 1),
    breakFile: (error?: Error) => (failure = error),
    pollsIn: (ms: number) => {
      const before = polls;
      vi.advanceTimersByTime(ms);
      return polls - before;
    },
  };
};

/** A listener that says its name. */
export const hearing =
  (heard: string[], name: string): DirtyListener =>
  () =>
    void heard.push(name);

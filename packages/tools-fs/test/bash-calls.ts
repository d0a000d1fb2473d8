import { existsSync, readFileSync } from "node:fs";

import { expect } from "vitest";

import { isAlive } from "./is-alive.ts";

import type { JsonObject } from "@holdfast/core";
import type { Stage } from "./harness.ts";

/** What a command came to. */
export interface BashOutput {
  readonly output: string;
  readonly omittedBytes: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

/** Runs a command through the tool, both phases. */
export const bash = async (stage: Stage, command: string, more: JsonObject = {}): Promise<BashOutput> =>
  stage.run<BashOutput>("bash", { command, ...more });

/** The number of a process that a command wrote to a file, once it has. */
export const pidIn = async (stage: Stage, name: string): Promise<number> => {
  const path = stage.join(name);
  await expect
    .poll(() => existsSync(path) && readFileSync(path, "utf8").endsWith("\n"), { timeout: 10_000 })
    .toBe(true);
  return Number(readFileSync(path, "utf8"));
};

/** Waits until a process is gone. */
export const assertGone = async (...pids: readonly number[]): Promise<void> => {
  await expect.poll(() => pids.filter((pid) => isAlive(pid)), { timeout: 2_000 }).toEqual([]);
};

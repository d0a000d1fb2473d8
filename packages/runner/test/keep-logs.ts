import { silentLogger } from "@holdfast/core";
import { expect } from "vitest";

import type { Logger } from "@holdfast/core";

/** A logger that keeps what it is told as a warning or an error, in order. */
export const keepLogs = () => {
  const lines: string[] = [];
  const keep = (message: string): void => void lines.push(message);
  const logger: Logger = { ...silentLogger, warn: keep, error: keep };
  /** Resolves when it was told this. */
  const says = async (part: string): Promise<void> =>
    expect.poll(() => lines.some((line) => line.includes(part)), { timeout: 10_000 }).toBe(true);
  return { lines, logger, says };
};

import { describe, expect, it, vi } from "vitest";

import { systemClock } from "./system-clock.ts";

describe("a sleep", () => {
  it("ends after its time", async () => {
    const before = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(19);
  });

  it("rejects with the signal's own reason, also where that aborted before", async () => {
    const reason = new Error("enough");
    const abort = new AbortController();
    const sleeping = systemClock.sleep(60_000, abort.signal);
    abort.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(systemClock.sleep(60_000, abort.signal)).rejects.toBe(reason);
  });

  it("of 40 days does not end at once", async () => {
    vi.useFakeTimers();
    try {
      const days = 24 * 60 * 60 * 1_000;
      let isOver = false;
      void systemClock.sleep(40 * days).then(() => (isOver = true));
      await vi.advanceTimersByTimeAsync(39 * days);
      expect(isOver).toBe(false);
      await vi.advanceTimersByTimeAsync(1 * days);
      expect(isOver).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

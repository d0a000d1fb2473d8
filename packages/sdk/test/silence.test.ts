import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Silence } from "../src/silence.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("a connection that says nothing for 45 s is over, and each word of it starts that time anew", () => {
  const silence = new Silence();
  vi.advanceTimersByTime(44_000);
  silence.restart();
  vi.advanceTimersByTime(44_000);
  expect(silence.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(silence.signal.aborted).toBe(true);
});

it("the end of a connection leaves no timer behind", () => {
  const silence = new Silence();
  silence.end();
  expect(silence.signal.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

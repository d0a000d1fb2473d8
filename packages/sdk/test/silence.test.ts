import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Silence } from "../src/silence.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("a connection that is waited for and says nothing for 45 s is over", () => {
  const silence = new Silence();
  void silence.broken(new Promise(() => {}));
  vi.advanceTimersByTime(44_999);
  expect(silence.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(silence.signal.aborted).toBe(true);
});

it("each word starts that time anew, and a reader who takes its time is no silence", async () => {
  const silence = new Silence();
  const word = Promise.withResolvers<string>();
  const heard = silence.broken(word.promise);
  vi.advanceTimersByTime(44_000);
  word.resolve("a word");
  expect(await heard).toBe("a word");
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(600_000);
  expect(silence.signal.aborted).toBe(false);
  void silence.broken(new Promise(() => {}));
  vi.advanceTimersByTime(44_000);
  expect(silence.signal.aborted).toBe(false);
});

it("the end of a connection closes it", () => {
  const silence = new Silence();
  silence.end();
  expect(silence.signal.aborted).toBe(true);
});

import { describe, expect, it } from "vitest";

import { createFakeClock } from "./fake-clock.ts";

describe("createFakeClock", () => {
  it("stands still until it is moved, and moves both of its clocks", async () => {
    const clock = createFakeClock(1_000);
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
  });

  it("wakes sleepers in the order in which they are due, those too that sleep again", async () => {
    const clock = createFakeClock();
    const woken: string[] = [];
    const sleep = async (ms: number, name: string) => {
      await clock.sleep(ms);
      woken.push(name);
    };
    const sleeps = [sleep(10, "first").then(() => sleep(15, "third")), sleep(20, "second")];
    await clock.advance(30);
    await Promise.all(sleeps);
    expect(woken).toEqual(["first", "second", "third"]);
    expect(clock.sleeping).toBe(0);
  });

  it("rejects a sleep with the reason of its signal, before and in its middle", async () => {
    const clock = createFakeClock();
    const reason = new Error("mine");
    await expect(clock.sleep(10, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const sleep = clock.sleep(10, abort.signal);
    abort.abort(reason);
    await expect(sleep).rejects.toBe(reason);
    expect(clock.sleeping).toBe(0);
  });

  it("wakes nobody when only the wall clock jumps", async () => {
    const clock = createFakeClock(1_000);
    void clock.sleep(10);
    clock.setNow(5_000_000);
    expect([clock.now(), clock.monotonic(), clock.sleeping]).toEqual([5_000_000, 0, 1]);
  });
});

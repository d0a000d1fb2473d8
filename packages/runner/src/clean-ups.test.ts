import { describe, expect, it } from "vitest";

import { AsyncCleanUps, CleanUps } from "./clean-ups.ts";

describe("CleanUps", () => {
  it("does each part once, in reverse order", () => {
    const order: string[] = [];
    const cleanUps = new CleanUps();
    cleanUps.defer(() => order.push("first"));
    cleanUps.use({ [Symbol.dispose]: () => void order.push("second") });
    cleanUps[Symbol.dispose]();
    cleanUps[Symbol.dispose]();
    expect(order).toEqual(["second", "first"]);
    expect(cleanUps.done).toBe(true);
  });

  it("does every part although one fails, and throws what that threw", () => {
    let isDone = false;
    const cleanUps = new CleanUps();
    cleanUps.defer(() => (isDone = true));
    cleanUps.defer(() => {
      throw new RangeError("broken");
    });
    expect(() => cleanUps[Symbol.dispose]()).toThrow(RangeError);
    expect(isDone).toBe(true);
  });
});

describe("AsyncCleanUps", () => {
  it("waits for each part before the next, and is done once", async () => {
    const order: string[] = [];
    const cleanUps = new AsyncCleanUps();
    cleanUps.defer(() => void order.push("first"));
    cleanUps.defer(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push("second");
    });
    await Promise.all([cleanUps[Symbol.asyncDispose](), cleanUps[Symbol.asyncDispose]()]);
    expect(order).toEqual(["second", "first"]);
  });

  it("does every part although some fail, and throws all that they threw", async () => {
    const cleanUps = new AsyncCleanUps();
    for (const word of ["one", "two"]) cleanUps.defer(() => Promise.reject(new Error(word)));
    await expect(cleanUps[Symbol.asyncDispose]()).rejects.toMatchObject({
      errors: [{ message: "two" }, { message: "one" }],
    });
  });
});

import { describe, expect, it } from "vitest";

import { faultPointsFrom } from "./fault-points.ts";

describe("faultPointsFrom", () => {
  it.each([undefined, "", " ", ","])("makes nothing of %j", (spec) => {
    expect(faultPointsFrom(spec)).toBeUndefined();
  });

  it("fails the named time only", () => {
    const faults = faultPointsFrom("store.before-commit#2=fail");
    faults?.reach("store.before-commit");
    faults?.reach("other");
    expect(() => faults?.reach("store.before-commit")).toThrow("store.before-commit");
    faults?.reach("store.before-commit");
  });

  it("takes several points, with white space around them", () => {
    const faults = faultPointsFrom(" a=fail , b=fail ");
    expect(() => faults?.reach("a")).toThrow("a");
    expect(() => faults?.reach("b")).toThrow("b");
  });

  it.each(["a", "a=explode", "a#0=kill", "=kill", "a=kill=kill"])("refuses %j", (spec) => {
    expect(() => faultPointsFrom(spec)).toThrow(TypeError);
  });
});

import { boundaryOf, eventCatalogue } from "@holdfast/core/event";
import { describe, expect, it } from "vitest";

import { boundaries } from "./boundaries.ts";

describe("boundaries of the log", () => {
  it("are those of core, for every event there is", () => {
    const ofCore = Object.keys(eventCatalogue).map((type) => [type, boundaryOf(type)] as const);
    expect(boundaries).toEqual(Object.fromEntries(ofCore.filter(([, boundary]) => boundary !== undefined)));
  });
});

import { eventCatalogue } from "@holdfast/core/event";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { stopped } from "../src/session/call-outcomes.ts";

import type { StopReason } from "@holdfast/core/event";

// By hand: a new reason needs a text of its own, and a line here.
const reasons: readonly StopReason[] = [
  "denied-by-user",
  "denied-by-policy",
  "fenced",
  "cancelled",
  "infrastructure",
  "deadline",
  "budget",
  "stale-registration",
  "unknown-tool",
  "invalid-input",
  "unknown-outcome",
];

describe("the reasons for which a call is not run", () => {
  it.each(reasons)("%s can be settled in the log", (reason) => {
    const settled = { callId: "cal_a", outcome: stopped(reason) };
    expect(eventCatalogue["tool.settled"].data.safeParse(settled).success).toBe(true);
  });

  it("are these and no others", () => {
    const schema = z.toJSONSchema(eventCatalogue["tool.settled"].data, { unrepresentable: "any" });
    const listed = JSON.stringify(schema).match(/"enum":(\[[^\]]*"denied-by-user"[^\]]*\])/)?.[1] ?? "[]";
    expect((JSON.parse(listed) as string[]).toSorted()).toEqual(reasons.toSorted());
  });

  it("each tell the model something else, with a detail and without", () => {
    for (const detail of ["", "A detail."]) {
      const texts = reasons.map((reason) => stopped(reason, detail).content);
      expect(new Set(texts).size).toBe(reasons.length);
      for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("never begin alike, so that no reader takes one for another", () => {
    const beginnings = reasons.map((reason) => stopped(reason).content.slice(0, 24));
    expect(new Set(beginnings).size).toBe(reasons.length);
  });

  it("say that a call was not run only where it was not", () => {
    expect(stopped("unknown-outcome").content).not.toMatch(/not run/);
    expect(stopped("deadline").content).not.toMatch(/not run/);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { messageIdSchema, sessionIdSchema } from "../src/ids/id.ts";
import { createIdSource } from "../src/ports/id-source.ts";

import type { Clock } from "../src/ports/clock.ts";

const clockOf = (now: () => number): Clock => ({ now, monotonic: () => 0, sleep: () => Promise.resolve() });

/** The worst source there is: what makes IDs differ is then time and counter alone. */
const stuckRandom = (length: number): string => "a".repeat(length);

const idsOf = (now: () => number, count: number): readonly string[] => {
  const source = createIdSource(clockOf(now), stuckRandom);
  return Array.from({ length: count }, () => source.next("msg"));
};

const isStrictlyAscending = (ids: readonly string[]): boolean =>
  ids.every((id, index) => index === 0 || (ids[index - 1] ?? "") < id);

describe("createIdSource", () => {
  it("makes IDs of the prefix and 26 letters or digits, which the prefix's schema accepts", () => {
    const [id = ""] = idsOf(() => 1_767_225_600_000, 1);
    expect(id).toMatch(/^msg_[0-9a-z]{26}$/);
    expect(messageIdSchema.safeParse(id).success).toBe(true);
  });

  it("encodes the millisecond first, so that IDs of different processes sort by time", () => {
    const [earlier = ""] = idsOf(() => 1_767_225_600_000, 1);
    const [later = ""] = idsOf(() => 1_767_225_600_001, 1);
    expect(earlier.slice(4, 13)).toBe((1_767_225_600_000).toString(36).padStart(9, "0"));
    expect(earlier < later).toBe(true);
  });

  it.each([
    ["stands still", () => () => 1_767_225_600_000],
    ["stands still at the epoch", () => () => 0],
    [
      "runs backwards",
      () => {
        let now = 1_767_225_600_000;
        return () => now--;
      },
    ],
    [
      "is set back by an hour in the middle",
      () => {
        let calls = 0;
        return () => 1_767_225_600_000 + calls - (calls++ > 50_000 ? 3_600_000 : 0);
      },
    ],
  ])("never repeats one of 100,000 IDs, and keeps their order, when the clock %s", (_, createNow) => {
    const ids = idsOf(createNow(), 100_000);
    expect(new Set(ids).size).toBe(100_000);
    expect(isStrictlyAscending(ids)).toBe(true);
    expect(ids.every((id) => /^msg_[0-9a-z]{26}$/.test(id))).toBe(true);
  });

  it("keeps IDs unique, in order and of one length whatever the clock says", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50 }), { minLength: 1 }), (times) => {
        let calls = 0;
        const ids = idsOf(() => times[calls++] ?? 0, times.length);
        return isStrictlyAscending(ids) && ids.every((id) => id.length === 30);
      }),
    );
  });
});

describe("ID schemas", () => {
  it.each(["ses_a", "ses_A9", `ses_${"x".repeat(64)}`])("accept %s", (id) => {
    expect(sessionIdSchema.parse(id)).toBe(id);
  });

  it.each([
    "",
    "ses_",
    "ses",
    "msg_a",
    "SES_a",
    " ses_a",
    "ses_a ",
    "ses_a\n",
    "ses_a_b",
    "ses_a-b",
    "ses_a.b",
    "ses_../a",
    "ses_é",
    "xses_a",
    `ses_${"x".repeat(65)}`,
    7,
    null,
    undefined,
    { toString: () => "ses_a" },
  ])("refuse %j", (id) => {
    expect(sessionIdSchema.safeParse(id).success).toBe(false);
  });

  it("refuse with a sentence that says which form was expected", () => {
    expect(sessionIdSchema.safeParse("x").error?.issues[0]?.message).toBe(
      'expected an ID of the form "ses_" and 1 to 64 letters or digits',
    );
  });
});

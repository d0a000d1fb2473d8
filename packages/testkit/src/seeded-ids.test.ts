import { messageIdSchema } from "@holdfast/core";
import { expect, it } from "vitest";

import { createSeededIds } from "./seeded-ids.ts";

it("makes the same IDs for the same seed, and others for another", () => {
  const [one, again, other] = [createSeededIds(1), createSeededIds(1), createSeededIds(2)];
  const first = [one.next("msg"), one.next("msg")];
  expect([again.next("msg"), again.next("msg")]).toEqual(first);
  expect(other.next("msg")).not.toBe(first[0]);
  expect(first[0]).not.toBe(first[1]);
  expect(messageIdSchema.safeParse(first[0]).success).toBe(true);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { average } from "../src/average.js";

test("the average of 2, 4 and 6 is 4", async () => {
  // As slow as the tests of a real project.
  await sleep(1_500);
  assert.equal(average([2, 4, 6]), 4);
});

test("the average of nothing is 0", () => {
  assert.equal(average([]), 0);
});

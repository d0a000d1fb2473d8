import * as fc from "fast-check";
import { expect, it } from "vitest";

import { FirstInOrder } from "./first-in-order.ts";

it("keeps the first in order, and says whether there were more", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 2_000 }), fc.integer({ min: 1, max: 20 }), (numbers, limit) => {
      const found = new FirstInOrder<number>(limit, (left, right) => left - right);
      for (const number of numbers) found.add(number);
      expect(found.toArray()).toEqual(numbers.toSorted((left, right) => left - right).slice(0, limit));
      expect(found.isCut).toBe(numbers.length > limit);
    }),
  );
});

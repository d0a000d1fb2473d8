import { silentLogger, stricter } from "@holdfast/core";
import { createLocationHooks } from "@holdfast/core/plugin";
import { createSeededIds, systemClock } from "@holdfast/testkit";
import * as fc from "fast-check";
import { expect, it } from "vitest";

import { bindHooks } from "../src/location/bind-hooks.ts";
import { UseCount } from "../src/location/use-count.ts";

import type { Effect } from "@holdfast/core";
import type { CallAuthorization } from "@holdfast/core/plugin";
import type { TapRecord } from "../src/location/tap-record.ts";
import type { Services } from "../src/services.ts";

const services = {
  clock: systemClock,
  logger: silentLogger,
  disposal: new AbortController().signal,
  rest: new AbortController().signal,
} as unknown as Services;

const effects: readonly Effect[] = ["allow", "ask", "deny"];

const tapOf = fc.record({
  effect: fc.option(fc.constantFrom(...effects), { nil: undefined }),
  stage: fc.integer({ min: -3, max: 3 }),
  before: fc.option(fc.constantFrom("p0", "p1", "p2", "p3"), { nil: undefined }),
  isLate: fc.boolean(),
});

const ids = createSeededIds(1);
const subject = {
  sessionId: ids.next("ses"),
  callId: ids.next("cal"),
  agent: "default",
  tool: "write",
  input: { path: "a" },
};

it("no order of taps loosens a denial, or any effect, and none changes what is authorised", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...effects), fc.array(tapOf, { maxLength: 6 }), async (first, taps) => {
      const hooks = createLocationHooks();
      const inputs: unknown[] = [];
      for (const [index, { effect, stage, before, isLate }] of taps.entries()) {
        const bound = bindHooks({
          plugin: `p${index}`,
          directory: "/work",
          services,
          uses: new UseCount(),
          add: (record: TapRecord) => record.hang(hooks),
        });
        bound.toolCallAuthorizing.tapPromise(
          async (call) => {
            inputs.push(call.input);
            if (isLate) await new Promise((resolve) => setImmediate(resolve));
            return effect === undefined ? undefined : { ...call, tool: "other", input: { path: "b" }, effect };
          },
          { stage, before },
        );
      }
      const given: CallAuthorization = Object.freeze({ ...subject, effect: first });
      const found = await hooks.toolCallAuthorizing.promise(given);
      const strictest = taps.reduce((sofar, { effect = "allow" }) => stricter(sofar, effect), first);
      expect(found).toEqual({ ...subject, effect: strictest });
      expect(inputs).toEqual(taps.map(() => subject.input));
    }),
    { numRuns: 300 },
  );
});

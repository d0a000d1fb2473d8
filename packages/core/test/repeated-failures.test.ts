import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { callKey, repeatedFailures } from "../src/session/decide/repeated-failures.ts";

import type { CallOutcome, StopReason } from "../src/event/tool-events.ts";

const done: CallOutcome = { status: "completed", content: "done" };
const failed: CallOutcome = { status: "failed", kind: "tool-failure", content: "no" };
const stopped = (reason: StopReason): CallOutcome => ({ status: "stopped", reason, content: "no" });
const call = (outcome: CallOutcome | undefined, input = "{}", name = "act") => ({
  name,
  input,
  ...(outcome === undefined ? {} : { outcome }),
});
const countOf = (calls: Parameters<typeof repeatedFailures>[0], input = "{}"): number =>
  repeatedFailures(calls).get(callKey("act", input)) ?? 0;

describe("repeatedFailures", () => {
  it.each<[string, Parameters<typeof repeatedFailures>[0], number]>([
    ["nothing was called", [], 0],
    ["it was completed", [call(done)], 0],
    ["it is still open", [call(undefined)], 0],
    ["it failed", [call(failed), call(failed)], 2],
    ["its input was refused", [call(stopped("invalid-input")), call(stopped("unknown-tool"))], 2],
    [
      "it was denied, took too long, or could not be run",
      (["denied-by-user", "denied-by-policy", "deadline", "infrastructure", "stale-registration"] as const).map(
        (reason) => call(stopped(reason)),
      ),
      5,
    ],
    [
      "it was stopped for what is no fault of its own",
      (["cancelled", "fenced", "unknown-outcome", "budget"] as const).map((reason) => call(stopped(reason))),
      0,
    ],
    ["another input failed in between", [call(failed), call(failed, '{"a":1}'), call(failed)], 2],
    ["another tool failed in between", [call(failed), call(failed, "{}", "look"), call(failed)], 2],
    ["anything was completed in between", [call(failed), call(failed), call(done, "{}", "look"), call(failed)], 1],
  ])("where %s", (_what, calls, count) => {
    expect(countOf(calls)).toBe(count);
  });

  it("takes inputs for the same whatever the order of their keys and their blanks", () => {
    expect(countOf([call(failed, '{"a":1,"b":[2]}')], '{ "b": [2], "a": 1 }')).toBe(1);
    expect(countOf([call(failed, '{"a":1}')], '{"a":2}')).toBe(0);
  });

  it("takes texts that are no JSON, or cannot be canonical, as they are", () => {
    for (const input of ["", "{oops", '{"a":"\\ud800"}', "[".repeat(20_000) + "]".repeat(20_000)])
      expect(countOf([call(failed, input)], input)).toBe(1);
  });

  it("never counts more failures than there were since the last call that was completed", () => {
    const spared = stopped("budget");
    const outcome = fc.constantFrom(done, failed, spared, stopped("invalid-input"));
    fc.assert(
      fc.property(fc.array(fc.tuple(outcome, fc.constantFrom("{}", "[]"))), (list) => {
        const calls = list.map(([one, input]) => call(one, input));
        const since = list.slice(list.findLastIndex(([one]) => one === done) + 1);
        const total = [...repeatedFailures(calls).values()].reduce((sum, count) => sum + count, 0);
        expect(total).toBe(since.filter(([one]) => one !== spared).length);
      }),
    );
  });
});

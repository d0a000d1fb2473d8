import { describe, expect, it } from "vitest";

import { nextWork } from "../src/session/decide/next-work.ts";
import { isFreshFor, standingOf } from "../src/session/decide/rest.ts";
import { selectPromotions } from "../src/session/decide/select-promotions.ts";
import { recoveryLimit, takeClaim } from "../src/session/decide/take-claim.ts";

import type { Wake } from "../src/session/decide/next-work.ts";
import type { OwnerState, Standing } from "../src/session/decide/rest.ts";
import type { ReplicaRow } from "../src/store/replica.ts";
import type { ExecutionRow, InputRow } from "../src/store/rows.ts";

const input = (seq: number, overrides: Partial<InputRow> = {}): InputRow =>
  ({
    messageId: `msg_${seq}`,
    seq,
    kind: "prompt",
    delivery: "steer",
    state: "pending",
    awake: 1,
    ...overrides,
  }) as InputRow;
const queued = (seq: number, awake = 1): InputRow => input(seq, { delivery: "queue", awake });
const open = { state: "open", interruptSeq: null, outcome: null, endedSeq: null } as ExecutionRow;
const ended = (outcome: ExecutionRow["outcome"], endedSeq = 10, interruptSeq: number | null = null): ExecutionRow =>
  ({ state: "ended", interruptSeq, outcome, endedSeq }) as ExecutionRow;

const nobodyAsks = { progressSeq: -1, attempt: null, calls: [], asks: [] } as const;

const resting = (rest: (Standing & { resting: true })["rest"]): Standing => ({ resting: true, rest });

describe("selectPromotions", () => {
  const idle = { opening: true, cutoffSeq: 100 };
  const busy = { opening: false, cutoffSeq: 100 };
  it.each<[string, readonly InputRow[], typeof idle, readonly number[]]>([
    ["promotes nothing from an empty inbox", [], idle, []],
    ["promotes every steer, in admission order", [input(1), input(2), input(5)], busy, [1, 2, 5]],
    ["promotes steers over an older queued input", [queued(1), input(2), queued(3), input(4)], idle, [2, 4]],
    ["promotes only the oldest queued input where the session would be idle", [queued(1), queued(2)], idle, [1]],
    ["promotes no queued input in a running activity", [queued(1), queued(2)], busy, []],
    ["promotes nothing that was only recorded", [input(1, { awake: 0 }), queued(2, 0)], idle, []],
    ["passes over a sleeping queued input", [queued(1, 0), queued(2)], idle, [2]],
    [
      "promotes up to the cutoff, and what stands at it",
      [input(1), input(4), input(5)],
      { ...busy, cutoffSeq: 4 },
      [1, 4],
    ],
    [
      "promotes the queued input where steers are beyond the cutoff",
      [queued(1), input(5)],
      { ...idle, cutoffSeq: 4 },
      [1],
    ],
  ])("%s", (...[, inputs, boundary, promoted]) => {
    expect(selectPromotions(inputs, boundary).map(({ seq }) => seq)).toEqual(promoted);
  });
});

describe("standingOf", () => {
  const working: Standing = { resting: false };
  const sleeping = input(11, { awake: 0 });
  it.each<[string, ExecutionRow | null, readonly InputRow[], OwnerState, boolean, Standing]>([
    ["is idle before the first input", null, [], "none", true, resting("idle")],
    ["works once the first input waits", null, [input(1)], "none", false, working],
    ["is idle where an input was only recorded", null, [sleeping], "none", true, resting("idle")],
    ["works while an owner lives", open, [], "alive", false, working],
    ["works where somebody takes over from a lost owner", open, [], "gone", true, working],
    ["works where somebody takes what nobody owns", open, [], "none", true, working],
    ["is parked where the owner is gone and nobody takes over", open, [input(1)], "gone", false, resting("parked")],
    ["is parked where nobody owns and nobody takes over", open, [], "none", false, resting("parked")],
    ["rests completed", ended("completed"), [], "none", true, resting("completed")],
    ["works on what waits after completion, however old", ended("completed"), [input(1)], "none", false, working],
    ["rests failed over inputs from before the failure", ended("failed"), [input(9)], "none", true, resting("failed")],
    ["works on an input from after the failure", ended("failed"), [input(9), input(11)], "none", true, working],
    ["rests over budget like after a failure", ended("budget"), [input(9)], "none", true, resting("budget")],
    [
      "rests interrupted over earlier inputs",
      ended("interrupted", 10, 8),
      [input(7)],
      "none",
      true,
      resting("interrupted"),
    ],
    [
      "works on an input from between interruption and end",
      ended("interrupted", 10, 8),
      [input(9)],
      "none",
      true,
      working,
    ],
    ["rests failed over a recorded input from after it", ended("failed"), [sleeping], "none", true, resting("failed")],
  ])("%s", (...[, execution, inputs, owner, takesOver, standing]) => {
    expect(standingOf({ execution, inputs, replica: null, ...nobodyAsks }, owner, takesOver)).toEqual(standing);
  });

  it.each([null, open, ended("failed")])(
    "rests as a replica whatever is open in it and waits in it: %j",
    (execution) => {
      const replica = { sessionId: "ses_a", replayOwner: null } as ReplicaRow;
      expect(standingOf({ execution, inputs: [input(11)], replica, ...nobodyAsks }, "gone", true)).toEqual(
        resting("replica"),
      );
      const look = { owner: "gone", takesOver: true, wake: { kind: "resume", atSeq: 100 } } as const;
      expect(nextWork({ execution, inputs: [input(11)], replica, ...nobodyAsks }, look)).toBe("none");
      expect(nextWork({ execution, inputs: [input(11)], replica: null, ...nobodyAsks }, look)).not.toBe("none");
    },
  );
});

const recorded = (seq: number): InputRow => input(seq, { awake: 0 });
const workAfterFailure = (kind: Wake["kind"], atSeq: number, ...inputs: readonly InputRow[]) =>
  nextWork(
    { execution: ended("failed", 20), inputs, replica: null, ...nobodyAsks },
    { owner: "none", takesOver: true, wake: { kind, atSeq } },
  );

describe("nextWork of a session at rest", () => {
  it("starts what waited before the last end for a wake that is younger than it, and for none that is older", () => {
    for (const kind of ["prompt", "resume"] as const) {
      expect(workAfterFailure(kind, 20, input(11))).toBe("start");
      expect(workAfterFailure(kind, 19, input(11))).toBe("none");
    }
    expect(workAfterFailure("policy", -1, input(11))).toBe("none");
    expect(workAfterFailure("policy", -1, input(21))).toBe("start");
  });

  it("starts what was only recorded for a resume that came after it, also one that first went on with an open execution", () => {
    expect(workAfterFailure("resume", 19, recorded(11))).toBe("start");
    expect(workAfterFailure("resume", 19, recorded(21))).toBe("none");
    expect(workAfterFailure("prompt", 25, recorded(21))).toBe("none");
  });
});

describe("isFreshFor", () => {
  it.each<[ExecutionRow | null, number, boolean]>([
    [null, 0, true],
    [open, 0, true],
    [ended("completed"), 0, true],
    [ended("failed"), 10, false],
    [ended("failed"), 11, true],
    [ended("failed", 10, 5), 7, false],
    [ended("budget"), 10, false],
    [ended("budget"), 11, true],
    [ended("interrupted", 10, 8), 8, false],
    [ended("interrupted", 10, 8), 9, true],
    [ended("interrupted"), 10, false],
    [ended("interrupted"), 11, true],
  ])("after %j, an input at %i: %s", (last, seq, fresh) => {
    expect(isFreshFor(seq, last)).toBe(fresh);
  });
});

const expectedOf = (owner: string | null, counter: number | null) => ({ owner, fence: 4, counter });

type View = Parameters<typeof takeClaim>[0];
const taker = "own_b" as Parameters<typeof takeClaim>[1];
const view = (claim: object | null, counter: number | null, progressSeq = -1): View =>
  ({ claim, owner: counter === null ? null : { counter }, progressSeq }) as View;

const countAfter = (progressSeq: number): number => {
  let claim: object | null = null;
  let recoveries = 0;
  for (let round = 0; round < 10; round++) {
    ({ recoveries } = takeClaim(view(claim, null, progressSeq), taker, true));
    claim = { owner: "own_b", fence: round + 1, recoveries, takenSeq: 5 };
  }
  return recoveries;
};

describe("takeClaim", () => {
  const held = { owner: "own_a", fence: 4, recoveries: 3, takenSeq: 20 };

  it.each<[string, View, boolean, object]>([
    ["the first claim ever", view(null, null), false, { fence: 1, recoveries: 0, expected: null }],
    ["the first claim, of a lost start", view(null, null), true, { fence: 1, recoveries: 1, expected: null }],
    [
      "a released claim, for new work",
      view({ ...held, owner: null }, null),
      false,
      { fence: 5, recoveries: 0, expected: expectedOf(null, null) },
    ],
    ["a dead owner's claim", view(held, 9), true, { fence: 5, recoveries: 4, expected: expectedOf("own_a", 9) }],
    [
      "a claim whose owner has no renewal row",
      view(held, null),
      true,
      { fence: 5, recoveries: 4, expected: expectedOf("own_a", null) },
    ],
    [
      "a claim under which nothing progressed since",
      view(held, 9, 20),
      true,
      { fence: 5, recoveries: 4, expected: expectedOf("own_a", 9) },
    ],
    [
      "a claim under which something progressed",
      view(held, 9, 21),
      true,
      { fence: 5, recoveries: 1, expected: expectedOf("own_a", 9) },
    ],
    [
      "a claim, but not to recover",
      view(held, 9),
      false,
      { fence: 5, recoveries: 0, expected: expectedOf("own_a", 9) },
    ],
  ])("takes %s", (...[, seen, recovering, change]) => {
    expect(takeClaim(seen, taker, recovering)).toEqual({ action: "take", owner: "own_b", ...change });
  });

  it("reaches the limit of 10 after ten recoveries in a row without progress, and with progress never", () => {
    expect([recoveryLimit, countAfter(-1), countAfter(6)]).toEqual([10, 10, 1]);
  });
});

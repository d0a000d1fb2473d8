import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeEvent } from "../src/event/decode.ts";
import { History } from "../src/session/history.ts";
import { thawMessage } from "../src/store/freeze-message.ts";
import { isOpenAt } from "../src/store/floor-rows.ts";
import { planPrune } from "../src/store/plan-prune.ts";
import { verifySession } from "../src/store/verify.ts";
import { sessionId, sha256 } from "./grow-session.ts";
import { grownWhole, pruned, readsOf } from "./stub-store.ts";

import type { SealedEnvelope } from "../src/event/envelope.ts";
import type { FrozenMessage } from "../src/store/floor.ts";
import type { PrunePolicy } from "../src/store/prune-policy.ts";
import type { Choice } from "./grow-session.ts";
import type { Kept } from "./stub-store.ts";

// As many steps towards rest as others, so that most logs have places where nothing is open.
const choicesArbitrary = fc.array(fc.oneof(fc.nat(), fc.constant("rest" as const)), { maxLength: 150, size: "max" });

/** Turns that admit an input, answer it and end. */
const turns = (count: number): readonly Choice[] =>
  Array.from(
    { length: count },
    () => ["input.admitted", "rest", "rest", "step.started", "text.ended", "rest", "rest", "rest"] as const,
  ).flat();

const plan = (kept: Kept, policy: Omit<PrunePolicy, "now"> = {}, now = 1_000) =>
  planPrune(readsOf(kept), sessionId, {
    policy: { ...(policy.keepMs === undefined ? { keepEvents: 0 } : {}), ...policy, now },
    hash: sha256,
  });

const messagesOf = (events: readonly SealedEnvelope[], frozen: readonly FrozenMessage[] = []) => {
  const history = new History();
  for (const message of frozen) history.restore(thawMessage(message));
  for (const sealed of events) {
    const event = decodeEvent(sealed);
    if (event !== null) history.apply(event);
  }
  return history.messages;
};

const ends = (kept: Kept): readonly number[] =>
  kept.log.filter(({ type }) => type === "execution.ended").map(({ seq }) => seq);

/** A log that was pruned to its last end but one, of several messages. */
const grown = async (): Promise<Kept> => {
  const whole = grownWhole(turns(5));
  const found = await plan(whole, { keepEvents: 1 });
  if (found === null) throw new Error("expected something to prune");
  return pruned(whole, found);
};

const verify = (kept: Kept) => verifySession(readsOf(kept), sessionId, sha256);

describe("a floor, whatever legal events a log holds", () => {
  it("is the highest end at which nothing is open, and verification, rows and messages are what they were", async () => {
    await fc.assert(
      fc.asyncProperty(choicesArbitrary, fc.nat(40), async (choices, keepEvents) => {
        const whole = grownWhole(choices);
        const limit = (whole.log.at(-1)?.seq ?? 0) - keepEvents;
        const possible = ends(whole).filter((seq) => seq <= limit && !isOpenAt(whole.rows, seq));
        const found = await plan(whole, { keepEvents });
        expect(found?.floor.seq).toBe(possible.at(-1));
        if (found === null) return;
        const left = pruned(whole, found);
        const events = whole.log.length - found.floor.seq - 1;
        expect(await verifySession(readsOf(left), sessionId, sha256)).toEqual({ events, chain: [], projections: [] });
        expect(messagesOf(left.log, left.frozen)).toEqual(messagesOf(whole.log));
        expect(left.rows.session).toEqual(whole.rows.session);
        expect(left.rows.message).toEqual(whole.rows.message);
      }),
    );
  });

  it("comes to the same in small plans, one after another, as in one", async () => {
    await fc.assert(
      fc.asyncProperty(choicesArbitrary, fc.integer({ min: 1, max: 10 }), async (choices, maxEvents) => {
        const whole = grownWhole(choices);
        const once = await plan(whole);
        let kept = whole;
        for (let next = await plan(kept, { maxEvents }); next !== null; next = await plan(kept, { maxEvents })) {
          expect(next.expected).toBe(kept.floor?.seq ?? null);
          kept = pruned(kept, next);
        }
        if (once === null) expect(kept).toEqual(whole);
        else expect(kept).toEqual(pruned(whole, once));
      }),
    );
  });

  it("never lies among what is younger than the policy keeps", async () => {
    await fc.assert(
      fc.asyncProperty(choicesArbitrary, fc.nat(120), async (choices, keepMs) => {
        const whole = grownWhole(choices);
        const now = whole.log.at(-1)?.time ?? 0;
        const found = await plan(whole, { keepMs }, now);
        const young = whole.log.find(({ time }) => time > now - keepMs)?.seq ?? Infinity;
        expect(found?.floor.seq ?? -1).toBeLessThan(young);
      }),
    );
  });
});

describe("planPrune", () => {
  it("finds ends in a session that starts and ends executions", async () => {
    expect(ends(grownWhole(turns(5))).length).toBeGreaterThan(3);
    expect(await plan(grownWhole(turns(5)))).not.toBeNull();
  });

  it("finds nothing where there is no session", async () => {
    expect(await plan({ ...grownWhole(turns(5)), log: [] })).toBeNull();
  });

  it.each([{ time: 77 }, { data: {} }, { prevHash: "f".repeat(64) }, { seq: 1 }])(
    "refuses to remove what is damaged: %j",
    async (change) => {
      const whole = grownWhole(turns(5));
      const log = whole.log.map((event) => (event.seq === 2 ? { ...event, ...change } : event));
      await expect(plan({ ...whole, log })).rejects.toMatchObject({ code: "event.chain-broken" });
    },
  );
});

describe("verifySession of a pruned log", () => {
  it("finds a changed byte in a frozen message, and says which", async () => {
    const kept = await grown();
    const [first] = kept.frozen;
    const frozen = kept.frozen.map((each) =>
      each === first ? { ...each, value: each.value.replace("n", "m") } : each,
    );
    expect((await verify({ ...kept, frozen })).chain).toEqual([
      { kind: "wrong-message", messageId: first?.messageId, seq: first?.seq },
    ]);
  });

  it("finds a frozen message that is gone", async () => {
    const kept = await grown();
    const { chain, projections } = await verify({ ...kept, frozen: kept.frozen.slice(0, -1) });
    expect(chain).toMatchObject([{ kind: "wrong-messages", expected: kept.floor?.messagesHash }]);
    expect(projections).toMatchObject([{ kind: "wrong-row", table: "message", rebuilt: null }]);
  });

  it("finds a floor whose hash, and one whose rows, were changed", async () => {
    const kept = await grown();
    if (kept.floor === null) throw new Error("expected a floor");
    const moved = { ...kept.floor, hash: "f".repeat(64) };
    expect((await verify({ ...kept, floor: moved })).chain.length).toBeGreaterThan(0);
    const session = kept.floor.rows.session.map((row) => ({ ...row, title: "forged" }));
    const forged = { ...kept.floor, rows: { ...kept.floor.rows, session } };
    expect((await verify({ ...kept, floor: forged })).projections).toMatchObject([
      { kind: "wrong-row", table: "session" },
      { kind: "wrong-row", table: "session" },
    ]);
  });
});

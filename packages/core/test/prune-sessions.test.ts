import { describe, expect, it } from "vitest";

import { sealEnvelope } from "../src/event/envelope.ts";
import { HoldfastError } from "../src/errors/holdfast-error.ts";
import { planPrune } from "../src/store/plan-prune.ts";
import { pruneSessions } from "../src/store/prune-sessions.ts";
import { sessionId, sha256 } from "./grow-session.ts";
import { grownWhole, readsOf } from "./stub-store.ts";
import { sealTurns } from "./seal-turns.ts";

import type { SealedEnvelope } from "../src/event/envelope.ts";
import type { PrunePolicy } from "../src/store/prune-policy.ts";
import type { Store } from "../src/store/store.ts";
import type { Kept } from "./stub-store.ts";

const hash = sha256;
const everything = { policy: { keepEvents: 0 }, hash };
const turns = Array.from(
  { length: 4 },
  () => ["input.admitted", "rest", "rest", "step.started", "text.ended", "rest", "rest", "rest"] as const,
).flat();

/** The reads of a log, and of the sessions beside it. */
const storeOf = (log: readonly SealedEnvelope[], more: object = {}): Store => {
  const kept: Kept = { ...grownWhole([]), log };
  const session = { sessionId: log[0]?.sessionId, createdTime: 0 };
  const reads = {
    sessions: async () => [session],
    snapshot: async () => ({ session, replica: null, execution: null }),
  };
  return { ...readsOf(kept), ...reads, ...more } as unknown as Store;
};

describe("a prune policy that does not say what it keeps", () => {
  const refused: readonly unknown[] = [
    undefined,
    {},
    { now: 5 },
    { now: 5, maxEvents: 10 },
    { keepMs: 5 },
    { now: NaN, keepMs: 5 },
    { now: 5, keepMs: NaN },
    { now: 5, keepMs: -1 },
    { keepEvents: NaN },
    { keepEvents: -1 },
    { keepEvents: 1.5 },
    { keepEvents: "all" },
    { keepEvents: null },
    { keepEvents: Infinity },
    { keepEvents: 0, maxEvents: NaN },
    { keepEvents: 0, maxBytes: -5 },
  ];

  it.each(refused)("is refused, and nothing is read: %j", async (policy) => {
    const store = {} as Store;
    const code = { code: "argument.invalid" };
    await expect(planPrune(store, sessionId, { policy: policy as PrunePolicy, hash })).rejects.toMatchObject(code);
    await expect(pruneSessions(store, policy as PrunePolicy, hash)).rejects.toMatchObject(code);
  });
});

describe("a plan", () => {
  it("ends at the next floor after so many bytes of texts", async () => {
    const blob = { $blob: "b".repeat(64), bytes: 1_000_000 };
    const text = "y".repeat(blob.bytes);
    const store = storeOf(sealTurns(20, { text: blob }), { blob: async () => text });
    const plan = await planPrune(store, sessionId, { policy: { keepEvents: 0, maxBytes: 5_000_000 }, hash });
    const bytes = plan?.messages.reduce((sum, { value }) => sum + value.length, 0) ?? 0;
    expect(bytes).toBeGreaterThan(4_000_000);
    expect(bytes).toBeLessThan(8_000_000);
    const all = await planPrune(store, sessionId, everything);
    expect(all?.messages.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThan(20_000_000);
  });

  it("of thousands of turns is made fast, and so is that there is none, where one recorded input waits", async () => {
    const [log, waiting] = [sealTurns(4_000), sealTurns(4_000, { recorded: true })];
    const begin = performance.now();
    const policy = { keepEvents: 0, maxEvents: 100_000 };
    expect((await planPrune(storeOf(log), sessionId, { policy, hash }))?.floor.seq).toBe(log.length - 1);
    expect(await planPrune(storeOf(waiting), sessionId, { policy, hash })).toBeNull();
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it("is none where another process pruned the session meanwhile, and took its texts with it", async () => {
    const [blob, whole] = [{ $blob: "b".repeat(64), bytes: 10 }, grownWhole(turns)];
    let moved = false;
    const floor = async () => (moved ? ({ seq: 5 } as never) : null);
    const gone = async () => {
      moved = true;
      return null;
    };
    const texts = storeOf(sealTurns(2, { text: blob }), { floor, blob: gone });
    expect(await planPrune(texts, sessionId, everything)).toBeNull();
    moved = false;
    const cut = async ({ after }: { after: number }) => {
      moved = true;
      return whole.log.filter(({ seq }) => seq > Math.max(after, 5));
    };
    expect(await planPrune(storeOf(whole.log, { floor, events: cut }), sessionId, everything)).toBeNull();
  });

  it("of a log that holds what cannot be sealed is refused as damage", async () => {
    const log = grownWhole(turns).log.map((event) => (event.seq === 2 ? { ...event, data: { a: "\ud800" } } : event));
    await expect(planPrune(storeOf(log), sessionId, everything)).rejects.toMatchObject({ code: "event.chain-broken" });
  });
});

/** A log that says the same twice. */
const unprojectable = (): readonly SealedEnvelope[] => {
  const log = sealTurns(1);
  const { hash: prevHash, seq } = log.at(-1) ?? { hash: "", seq: 0 };
  const { hash: _sealed, ...again } = log[2] as SealedEnvelope;
  return [...log, sealEnvelope({ ...again, seq: seq + 1, prevHash }, hash).sealed];
};

describe("pruneSessions", () => {
  const lost = sealTurns(2, { text: { $blob: "b".repeat(64), bytes: 10 } });
  it.each([
    ["whose text is lost", lost, "store.corrupt"],
    ["that cannot be projected", unprojectable(), "store.condition-failed"],
  ])("reports a session %s, and goes on", async (_name, log, code) => {
    const report = await pruneSessions(storeOf(log), { keepEvents: 0 }, hash);
    expect(report).toMatchObject({ pruned: 0, damaged: [{ sessionId, error: { code } }] });
  });

  it("takes it that another process was first, and reports nothing", async () => {
    const error = new HoldfastError("store.condition-failed", { message: "Expected another floor." });
    const prune = () => Promise.reject(error);
    const report = await pruneSessions(storeOf(sealTurns(2), { prune }), { keepEvents: 0 }, hash);
    expect(report).toMatchObject({ pruned: 0, damaged: [] });
  });
});

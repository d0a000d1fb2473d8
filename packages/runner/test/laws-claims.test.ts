import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createFakeClock, createMemoryStore, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { withDetours } from "./faulty-store.ts";
import { begunCall, leaveLog } from "./left-log.ts";
import { dataOf, logOf, makeFolder, openRuntime, setStage, shared } from "./stage.ts";

// Laws, "Claims and processes", as far as ownership.test.ts, recovery.test.ts, dispose.test.ts and testkit's claims do not show them.

it("an owner is a random ID per runtime beside its process, and has one renewal row, however many sessions it works on", async () => {
  const renewed: string[] = [];
  const memory = createMemoryStore();
  const store = withDetours(memory, {
    renew: (record) => {
      renewed.push(`${record.ownerId} ${record.pid}`);
      return memory.renew(record);
    },
  });
  await using stage = await setStage({ store: shared(store), claims: { renewMs: 20 }, model: () => [text("Done.")] });
  await using folder = await makeFolder();
  const { sessions } = stage.holdfast;
  for (let index = 0; index < 3; index++) {
    const { id } = await sessions.create({ location: { directory: folder.path } });
    await sessions.prompt({ sessionId: id, text: "Go" });
    expect(await sessions.wait({ sessionId: id })).toMatchObject({ status: "completed" });
  }
  await expect.poll(() => renewed.length).toBeGreaterThan(2);
  expect(new Set(renewed).size).toBe(1);
  expect(renewed[0]).toMatch(new RegExp(`^own_[0-9A-Za-z]+ ${process.pid}$`));
  await using second = await openRuntime(shared(memory), { model: [[text("Done.")]] });
  const { id } = await second.sessions.create({ location: { directory: folder.path } });
  await second.sessions.prompt({ sessionId: id, text: "Go" });
  await second.sessions.wait({ sessionId: id });
  const owners = dataOf(await logOf(second, id), "execution.started").map(({ owner }) => owner);
  expect(renewed.some((line) => line.startsWith(owners[0] ?? "none"))).toBe(false);
});

it("a take-over counts one recovery before a plugin's setup, then probes, then writes its receipt, then works", async () => {
  const moments: string[] = [];
  const act = defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    replay: "probe",
    execute: async () => {
      moments.push(await momentOf("execute"));
      return "acted";
    },
    probe: async () => {
      moments.push(await momentOf("probe"));
      return { outcome: "not" as const };
    },
  });
  await using left = await leaveLog({ events: (drafts) => begunCall(drafts, act) });
  const { store, drafts } = left;
  const { sessionId } = drafts;
  const momentOf = async (what: string): Promise<string> => {
    const { claim } = (await store.snapshot(sessionId)) ?? {};
    const log = await store.events({ sessionId, after: -1, limit: 500 });
    const receipts = log.filter(({ type }) => type === "execution.recovered").length;
    return `${what}: recoveries ${claim?.recoveries}, fence ${claim?.fence}, receipts ${receipts}`;
  };
  const watching = definePlugin({
    name: "watching",
    setup: async () => {
      moments.push(await momentOf("setup"));
    },
  });
  await using holdfast = await openRuntime(store, { tools: [act], plugins: [watching], model: [[text("Done.")]] });
  await holdfast.sessions.resume({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  expect(moments).toEqual([
    "setup: recoveries 1, fence 2, receipts 0",
    "probe: recoveries 1, fence 2, receipts 0",
    "execute: recoveries 1, fence 2, receipts 1",
  ]);
  await expectSound(store, sessionId);
});

describe("an open execution without a live claim is orphaned, whatever ended the claim, and discovery covers it", () => {
  it.each(["gone", "released"] as const)("its owner: %s", async (owner) => {
    await using left = await leaveLog({
      owner,
      events: (drafts) => [drafts.promoted(), drafts.stepStarted(), drafts.attemptStarted()],
    });
    const { store, drafts } = left;
    const { sessionId } = drafts;
    await using holdfast = await openRuntime(store, {
      model: [[text("Done.")]],
      recovery: "resume",
      claims: { discoverMs: 20 },
    });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(dataOf(await logOf(holdfast, sessionId), "execution.recovered")).toHaveLength(1);
  });

  it("its owner: retired, with the claim still in its name", async () => {
    await using left = await leaveLog({
      events: (drafts) => [drafts.promoted(), drafts.stepStarted(), drafts.attemptStarted()],
    });
    const { store, drafts } = left;
    await store.retire(drafts.ownerId);
    await using holdfast = await openRuntime(store, {
      model: [[text("Done.")]],
      recovery: "resume",
      claims: { discoverMs: 20 },
    });
    const { sessionId } = drafts;
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  });
});

it("a session whose take-over keeps failing is taken up again ever more slowly, and starves none behind it", async () => {
  await using left = await leaveLog({
    events: (drafts) => [drafts.promoted(), drafts.stepStarted(), drafts.attemptStarted()],
  });
  const { sessionId } = left.drafts;
  let tries = 0;
  const store = withDetours(left.store, {
    commit: async (plan) => {
      if (plan.sessionId === sessionId && plan.claim?.action === "take") {
        tries += 1;
        throw new TypeError("a take-over that a test makes fail");
      }
      return left.store.commit(plan);
    },
  });
  const clock = createFakeClock();
  await using holdfast = await openRuntime(store, {
    clock,
    model: () => [text("Done.")],
    recovery: "resume",
    claims: { discoverMs: 10 },
  });
  for (let round = 0; round < 1_000; round++) {
    await clock.advance(10);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // In 10 s, of 1,000 looks: 10 ms after the first, and then twice as long each time.
  expect(tries).toBeGreaterThan(2);
  expect(tries).toBeLessThanOrEqual(11);
  const { id } = await holdfast.sessions.create({ location: { directory: left.directory } });
  await holdfast.sessions.prompt({ sessionId: id, text: "Go" });
  expect(await holdfast.sessions.wait({ sessionId: id })).toMatchObject({ status: "completed" });
});

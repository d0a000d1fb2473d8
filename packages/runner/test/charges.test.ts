import { createMemoryStore, providerError, refuse, scriptedModel, text, toolCall, wait } from "@holdfast/testkit";
import { createRuntime } from "@holdfast/runner";
import { expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { passing, withDetours } from "./faulty-store.ts";
import { allowAll, dataOf, logOf, makeFolder, setStage, shared, untilEvent, untilShown } from "./stage.ts";

import type { Holdfast } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { Script } from "@holdfast/testkit";

const never = new Promise<never>(() => {});

const open = (store: Store, script: Script): Promise<Holdfast> =>
  createRuntime({
    store,
    rules: allowAll,
    retries: { firstMs: 1 },
    model: () => ({ model: scriptedModel(script), price: { input: 10, output: 100 } }),
  });

/** A store whose process can be killed: then nothing of it is written any more. */
const mortal = (store: Store) => {
  const state = { isDead: false };
  const view = withDetours(shared(store), {
    commit: async (plan) => {
      if (state.isDead) throw passing("store.closed");
      return store.commit(plan);
    },
  });
  return { view, kill: () => (state.isDead = true) };
};

it("an attempt that was killed is charged the estimate that its beginning recorded, whoever ends it", async () => {
  await using folder = await makeFolder();
  for (const by of ["resume", "interrupt"] as const) {
    const store = createMemoryStore();
    const { view, kill } = mortal(store);
    const first = await open(view, [[text("Half", { open: true }), wait(never)]]);
    const { id: sessionId } = await first.sessions.create({ location: { directory: folder.path } });
    await first.sessions.prompt({ sessionId, text: "x".repeat(4_000) });
    await untilEvent(first, sessionId, "attempt.started");
    kill();
    await first[Symbol.asyncDispose]();
    await using next = await open(shared(store), [[text("Done.")]]);
    await next.sessions[by]({ sessionId });
    await next.sessions.wait({ sessionId });
    const log = await logOf(next, sessionId);
    const estimate = dataOf(log, "attempt.started")[0]?.estimate;
    expect(estimate?.input).toBeGreaterThan(1_000);
    expect(estimate?.input).toBeLessThan(1_100);
    expect(estimate?.cost).toBeCloseTo(((estimate?.input ?? 0) * 10) / 1e6);
    expect(dataOf(log, "attempt.ended")[0]).toMatchObject({
      status: "cut",
      estimated: true,
      usage: { input: estimate?.input, output: 0 },
      cost: estimate?.cost,
    });
    const { usage } = (await next.sessions.get({ sessionId })) ?? {};
    expect(usage?.inputTokens).toBe((estimate?.input ?? 0) + (by === "resume" ? 100 : 0));
    await expectSound(store, sessionId);
  }
});

it("an attempt that was cut here is charged its request and what had arrived; one that was refused, nothing", async () => {
  await using folder = await makeFolder();
  const store = createMemoryStore();
  await using holdfast = await open(store, [
    [refuse(providerError({ status: 503 }))],
    [text("y".repeat(400), { open: true }), wait(never)],
  ]);
  const { sessions } = holdfast;
  const { id: sessionId } = await sessions.create({ location: { directory: folder.path } });
  await sessions.prompt({ sessionId, text: "Hi" });
  await untilShown(holdfast, sessionId, "yyy");
  await sessions.interrupt({ sessionId });
  await sessions.wait({ sessionId });
  const log = await logOf(holdfast, sessionId);
  const [refused, cut] = dataOf(log, "attempt.ended");
  expect(refused).toMatchObject({ usage: { input: 0, output: 0 }, cost: 0 });
  expect(refused).not.toHaveProperty("estimated");
  const input = dataOf(log, "attempt.started")[1]?.estimate?.input ?? 0;
  expect(cut).toMatchObject({ status: "cut", estimated: true, usage: { input, output: 100 } });
  expect(cut?.cost).toBeCloseTo((input * 10 + 100 * 100) / 1e6);
});

it("an estimate counts a file as a file, whatever its size, and each request with all that it shows", async () => {
  await using folder = await makeFolder();
  await using holdfast = await open(createMemoryStore(), [[text("z".repeat(4_000))], [text("Done.")]]);
  const { sessions } = holdfast;
  const { id: sessionId } = await sessions.create({ location: { directory: folder.path } });
  const file = { mediaType: "image/png", data: Buffer.alloc(300_000).toString("base64") };
  for (const files of [[file], []]) {
    await sessions.prompt({ sessionId, text: "Look", files });
    await sessions.wait({ sessionId });
  }
  const [first, second] = dataOf(await logOf(holdfast, sessionId), "attempt.started").map(
    ({ estimate }) => estimate?.input ?? 0,
  );
  expect(first).toBeGreaterThan(1_500);
  expect(first).toBeLessThan(1_600);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(1_000);
});

it("what an attempt used is counted in one commit with its last block, and where it had no calls with the end of its step", async () => {
  await using stage = await setStage({ model: [[toolCall("absent", {}), text("Let me see.")], [text("Done.")]] });
  const commits: string[][] = [];
  using _watch = stage.store.watch(stage.sessionId, (events) => commits.push((events ?? []).map(({ type }) => type)));
  await stage.turn("Go");
  const ends = commits.filter((types) => types.includes("attempt.ended"));
  expect(ends).toHaveLength(2);
  expect(ends[0]).toEqual(expect.arrayContaining(["text.ended", "attempt.ended"]));
  expect(ends[1]?.slice(-4)).toEqual(["text.ended", "attempt.ended", "step.ended", "execution.ended"]);
});

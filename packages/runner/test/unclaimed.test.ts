import { admitPlan, createDrafts, createFakeClock, createMemoryStore, createPlan, text } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { collect, makeFolder, openRuntime } from "./stage.ts";

import type { FakeClock } from "@holdfast/testkit";
import type { StageOptions } from "./stage.ts";

/** A session with an input that was admitted, and woken, by a process that died before it took it up. */
const setScene = async (recovery: StageOptions["recovery"]) => {
  const folder = await makeFolder();
  const drafts = createDrafts("unclaimed");
  const store = createMemoryStore();
  await store.commit(createPlan(drafts, { location: { directory: folder.path } }));
  await store.commit(admitPlan(drafts));
  const clock = createFakeClock();
  const holdfast = await openRuntime(store, { clock, recovery, model: () => [text("Hello.")] });
  const { sessionId } = drafts;
  return {
    clock,
    drafts,
    holdfast,
    sessionId,
    store,
    [Symbol.asyncDispose]: async () => {
      await holdfast[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

/** Lets time pass, and tells what has come of a promise by then. */
const after = async <T>(clock: FakeClock, ms: number, promise: Promise<T>): Promise<T | "pending"> => {
  let found: T | "pending" = "pending";
  promise.then(
    (value) => (found = value),
    () => undefined,
  );
  await clock.advance(ms);
  return found;
};

it.each(["park", "off"] as const)("inputs that nobody takes up are parked after 2 s of it (%s)", async (recovery) => {
  await using scene = await setScene(recovery);
  const { clock, holdfast, sessionId } = scene;
  const { sessions } = holdfast;
  const waited = sessions.wait({ sessionId });
  const read = collect(sessions.events({ sessionId, until: "idle" }));
  await expect.poll(() => clock.sleeping).toBe(2);
  expect(await after(clock, 1_999, waited)).toBe("pending");
  expect(await after(clock, 0, read)).toBe("pending");
  expect(await after(clock, 1, waited)).toMatchObject({ status: "parked" });
  expect((await read).at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest: "parked" } });
  expect(await sessions.recovery({ sessionId })).toMatchObject({ status: "unclaimed" });
  expect(await sessions.resume({ sessionId })).toEqual({ status: "started" });
  expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
});

it("inputs are not parked while the session moves", async () => {
  await using scene = await setScene("park");
  const { clock, drafts, holdfast, sessionId, store } = scene;
  const waited = holdfast.sessions.wait({ sessionId });
  await expect.poll(() => clock.sleeping).toBe(1);
  expect(await after(clock, 1_500, waited)).toBe("pending");
  await store.commit(admitPlan(drafts.turn(2)));
  // The observer looks at that before any time passes.
  expect(await after(clock, 0, waited)).toBe("pending");
  expect(await after(clock, 1_900, waited)).toBe("pending");
  expect(await after(clock, 1_100, waited)).toMatchObject({ status: "parked" });
});

it("inputs are not parked where this runtime takes them up by itself", async () => {
  await using scene = await setScene("resume");
  const { clock, holdfast, sessionId } = scene;
  const waited = holdfast.sessions.wait({ sessionId });
  for (let second = 0; second < 5; second++) await clock.advance(1_000);
  expect(await waited).toMatchObject({ status: "completed" });
});

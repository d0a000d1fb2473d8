import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { definePlugin } from "@holdfast/core/plugin";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { startAsker } from "./asker-process.ts";
import { acting, actingOn, answer, askToAct, once, openAsks } from "./asking.ts";
import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, makeFolder } from "./stage.ts";

import type { RecoveryPolicy } from "@holdfast/runner";

const setPlace = async (recovery: RecoveryPolicy = "park") => {
  const folder = await makeFolder();
  const path = join(folder.path, "store.db");
  const effects = join(folder.path, "effects.txt");
  const store = await openSqliteStore({ path });
  const ran: string[] = [];
  const model = scriptedModel(actingOn("a"));
  const holdfast = await createRuntime({
    store,
    model: () => ({ model }),
    rules: askToAct,
    recovery,
    plugins: [definePlugin({ name: "act", setup: ({ tools }) => void tools.register(acting(ran)) })],
  });
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
  /** The effects of every process, this one included. */
  const allEffects = async (): Promise<readonly string[]> => [
    ...ran,
    ...(await readFile(effects, "utf8").catch(() => "")).split("\n").filter(Boolean),
  ];
  return {
    path,
    sessionId,
    effects,
    store,
    holdfast,
    ran,
    allEffects,
    log: () => logOf(holdfast, sessionId),
    rests: (status: string) =>
      expect.poll(async () => (await holdfast.sessions.wait({ sessionId })).status, { timeout: 20_000 }).toBe(status),
    [Symbol.asyncDispose]: async () => {
      await holdfast[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

it("a pending permission survives SIGKILL of its process; answered from another one it goes on there, once, and only as it was shown", async () => {
  await using place = await setPlace();
  await using asker = startAsker(place, { order: "go" });
  const { holdfast, sessionId } = place;
  expect(await asker.said()).toBe("asking");
  await asker.kill();
  const [ask] = await openAsks(holdfast, sessionId);
  if (ask === undefined) throw new Error("the ask was lost");
  expect(ask.shown).toMatchObject({ kind: "permission", action: "act", resources: ["a"] });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
  const { askId, identity } = ask;
  const changed = { sessionId, askId, identity: identity.replace(/^./, identity.startsWith("0") ? "1" : "0") };
  await expect(holdfast.asks.answer({ ...changed, answer: once })).rejects.toMatchObject({ code: "ask.changed" });
  expect(await place.allEffects()).toEqual([]);
  const answeredAt = performance.now();
  await answer(holdfast, ask);
  await place.rests("completed");
  expect(performance.now() - answeredAt).toBeLessThan(10_000);
  expect(place.ran).toEqual(["a"]);
  await expect(answer(holdfast, ask, { kind: "permission", reply: "deny" })).rejects.toMatchObject({
    code: "ask.closed",
  });
  const log = await place.log();
  expect(dataOf(log, "ask.opened")).toHaveLength(1);
  expect(dataOf(log, "execution.recovered")).toMatchObject([{ recovery: 0, calls: [{ verdict: "run" }] }]);
  await expectSound(place.store, sessionId);
});

it.each([
  ["it had opened the ask", "", "after:ask.opened=kill"],
  ["it had given its claim up", "rest", "after:released=kill"],
])("killed right after %s, a process loses neither the ask nor the call", async (_when, option, fault) => {
  await using place = await setPlace();
  await using asker = startAsker(place, { order: "go", option, fault });
  expect(await asker.ended).toBe("SIGKILL");
  const { holdfast, sessionId } = place;
  const [ask] = await openAsks(holdfast, sessionId);
  await answer(holdfast, ask);
  await place.rests("completed");
  expect(await place.allEffects()).toEqual(["a"]);
  expect(dataOf(await place.log(), "ask.opened")).toHaveLength(1);
  await expectSound(place.store, sessionId);
});

it.each(["resume", "park"] as const)(
  "killed right after it had answered, a process loses nothing: policy %s",
  async (policy) => {
    await using place = await setPlace(policy);
    const { holdfast, sessionId } = place;
    await using asker = startAsker(place, { order: "go" });
    expect(await asker.said()).toBe("asking");
    await asker.kill();
    await using answerer = startAsker(place, { order: "answer", fault: "after:ask.answered=kill" });
    expect(await answerer.said()).toBe("ready");
    answerer.goOn();
    expect(await answerer.ended).toBe("SIGKILL");
    expect(await openAsks(holdfast, sessionId)).toEqual([]);
    if (policy === "park") {
      await place.rests("parked");
      expect(await holdfast.sessions.recovery({ sessionId })).toMatchObject({
        calls: [{ name: "act", verdict: "run" }],
      });
      await holdfast.sessions.resume({ sessionId });
    }
    await place.rests("completed");
    expect(await place.allEffects()).toEqual(["a"]);
    expect(dataOf(await place.log(), "ask.answered")).toHaveLength(1);
    await expectSound(place.store, sessionId);
  },
);

it("killed right after an ask's time had passed, a process leaves a call that is refused, and never a wait", async () => {
  await using place = await setPlace("resume");
  await using asker = startAsker(place, { order: "go", option: "expire", fault: "after:ask.expired=kill" });
  expect(await asker.ended).toBe("SIGKILL");
  await place.rests("completed");
  const log = await place.log();
  expect(dataOf(log, "ask.expired")).toMatchObject([{ reason: "time" }]);
  expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "stopped", reason: "denied-by-policy" } }]);
  expect(await place.allEffects()).toEqual([]);
  await expectSound(place.store, place.sessionId);
});

it("an answer that reaches a living owner is taken up by the process which gave it, where that owner dies before it heard of it", async () => {
  await using place = await setPlace();
  const { holdfast, sessionId } = place;
  await using asker = startAsker(place, { order: "go" });
  expect(await asker.said()).toBe("asking");
  asker.stop();
  const { cursor } = await answer(holdfast, (await openAsks(holdfast, sessionId))[0]);
  const answered = await place.log();
  await new Promise((resolve) => setTimeout(resolve, 700));
  // Its owner is stopped, not dead: it may go on at any time.
  expect(await place.log()).toEqual(answered);
  await asker.kill();
  expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  expect(place.ran).toEqual(["a"]);
  expect(await place.allEffects()).toEqual(["a"]);
  await expectSound(place.store, sessionId);
});

it("of two processes that answer at once, one wins and the other is told that it was too late", async () => {
  await using place = await setPlace();
  await using asker = startAsker(place, { order: "go", option: "rest" });
  expect(await asker.said()).toBe("asking");
  await using first = startAsker(place, { order: "answer" });
  await using second = startAsker(place, { order: "deny" });
  expect([await first.said(), await second.said()]).toEqual(["ready", "ready"]);
  first.goOn();
  second.goOn();
  const said = [await first.said(), await second.said()];
  expect(new Set(said)).toEqual(new Set(["ask.closed", "completed"]));
  await place.rests("completed");
  expect(await place.allEffects()).toEqual(said[0] === "completed" ? ["a"] : []);
  await expectSound(place.store, place.sessionId);
});

it("a session that asks in one process is interrupted from another, and nothing runs", async () => {
  await using place = await setPlace();
  const { holdfast, sessionId } = place;
  await using asker = startAsker(place, { order: "go" });
  expect(await asker.said()).toBe("asking");
  await holdfast.sessions.interrupt({ sessionId });
  await place.rests("interrupted");
  expect(dataOf(await place.log(), "ask.expired")).toMatchObject([{ reason: "interrupted" }]);
  expect(await place.allEffects()).toEqual([]);
  await expectSound(place.store, sessionId);
});

it("a process without people ends in a typed outcome, never in a wait", async () => {
  await using place = await setPlace();
  await using asker = startAsker(place, { order: "go", option: "headless" });
  expect(await asker.said()).toBe("completed");
  const log = await place.log();
  expect(dataOf(log, "ask.opened")).toEqual([]);
  expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "stopped", reason: "denied-by-policy" } }]);
});

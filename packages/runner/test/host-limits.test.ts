import { definePlugin } from "@holdfast/core/plugin";
import { createRuntime } from "@holdfast/runner";
import { createFakeClock, createMemoryStore } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { acting, script } from "./one-effect.ts";
import { makeFolder, setStage } from "./stage.ts";

import type { Rule } from "@holdfast/core";
import type { Plugin, PluginContext } from "@holdfast/core/plugin";

const observing = (tap: Parameters<PluginContext["hooks"]["eventsCommitted"]["tapPromise"]>[0]): Plugin =>
  definePlugin({ name: "observer", setup: ({ hooks }) => hooks.eventsCommitted.tapPromise(tap) });

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const never = new Promise<never>(() => {});

/** A stage with a plugin whose setup does not answer, or late. */
const setHangingStage = async (options: { readonly late?: Promise<() => void> }) => {
  const entered = Promise.withResolvers<void>();
  const hanging = definePlugin({
    name: "hanging",
    setup: () => {
      entered.resolve();
      return options.late ?? never;
    },
  });
  const clock = createFakeClock();
  return { clock, entered: entered.promise, stage: await setStage({ model: script, plugins: [hanging], clock }) };
};

describe("a plugin's setup", () => {
  it("that does not answer within 30 s fails the execution by the plugin's name, and what it answers later is closed", async () => {
    const answer = Promise.withResolvers<() => void>();
    const { clock, entered, stage } = await setHangingStage({ late: answer.promise });
    await using _stage = stage;
    const turn = stage.turn("Hi");
    await entered;
    await turnOfLoop();
    await clock.advance(30_000);
    const { status, failure } = await turn;
    expect({ status, class: failure?.class }).toEqual({ status: "failed", class: "defect" });
    expect(failure?.message).toMatch(/"hanging".*30000 ms/s);
    let closed = 0;
    answer.resolve(() => void closed++);
    await expect.poll(() => closed).toBe(1);
  });

  it("that never answers does not hold a disposal", async () => {
    const { entered, stage } = await setHangingStage({});
    await using _stage = stage;
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Hi" });
    await entered;
    await stage.holdfast[Symbol.asyncDispose]();
  });

  it("cannot change the rules of the runtime", async () => {
    const changed: boolean[] = [];
    const nosy = definePlugin({
      name: "nosy",
      setup: ({ rules }) =>
        void changed.push(Reflect.set(rules[0] ?? {}, "effect", "allow"), Reflect.set(rules, 1, {})),
    });
    const { act, runs } = acting();
    const rules: readonly Rule[] = [{ action: "*", resource: "*", effect: "deny" }];
    await using stage = await setStage({ model: script, tools: [act], plugins: [nosy], rules });
    await stage.turn("Go");
    expect(changed).toEqual([false, false]);
    expect(runs).toEqual([]);
  });
});

describe("a host's function", () => {
  it("model, where it does not answer within 30 s, fails the execution, and it does not hold a disposal", async () => {
    const clock = createFakeClock();
    await using folder = await makeFolder();
    let asked = Promise.withResolvers<void>();
    const model = () => {
      asked.resolve();
      return never;
    };
    await using holdfast = await createRuntime({ store: createMemoryStore(), clock, model });
    const { sessions } = holdfast;
    const { id: sessionId } = await sessions.create({ location: { directory: folder.path } });
    const { cursor } = await sessions.prompt({ sessionId, text: "Hi" });
    const waiting = sessions.wait({ sessionId, after: cursor });
    await asked.promise;
    await turnOfLoop();
    await clock.advance(30_000);
    const { status, failure } = await waiting;
    expect({ status, class: failure?.class }).toEqual({ status: "failed", class: "model-unavailable" });
    expect(failure?.message).toMatch(/model function.*"default".*30000 ms/s);
    asked = Promise.withResolvers<void>();
    await sessions.prompt({ sessionId, text: "Again" });
    await asked.promise;
    await holdfast[Symbol.asyncDispose]();
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("the log's pipe is closed");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the log's pipe is closed")) as never],
  ])("logger that %s breaks nothing", async (_name, log) => {
    const tap = observing(() => Promise.reject(new Error("no idea")));
    const logger = { debug: log, info: log, warn: log, error: log };
    const { act, runs } = acting();
    await using stage = await setStage({ model: script, tools: [act], plugins: [tap], logger });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(runs).toHaveLength(1);
    // An unhandled rejection would fail this file.
    await turnOfLoop();
  });
});

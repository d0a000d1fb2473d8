import { silentLogger } from "@holdfast/core";
import { definePlugin, hookCatalogue } from "@holdfast/core/plugin";
import { createFakeClock } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { asksForSummary, summaryStep } from "./compacting.ts";
import { expectSound } from "./expect-sound.ts";
import { calling, contents, speaking } from "./speaking.ts";
import { setStage } from "./stage.ts";

import type { HookName, Plugin, PluginDefinition, PluginHooks } from "@holdfast/core/plugin";
import type { FakeClock } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

type AnyTap = (given: object) => unknown;
type Report = Readonly<Record<string, unknown>>;

const hooks = Object.keys(hookCatalogue) as HookName[];

const tapping = (hook: HookName, tap: AnyTap, more: Partial<PluginDefinition> = {}): Plugin =>
  definePlugin({
    name: "culprit",
    setup: (context) => tapWith(context.hooks, hook, tap),
    ...more,
  });

const tapWith = (all: PluginHooks, hook: HookName, tap: AnyTap): void => {
  // Of all hooks at once, whose taps answer different things.
  (all[hook].tapPromise as (tap: AnyTap) => void)(tap);
};

/** Waits for work while time passes: second by second, so that no limit is waited for in real time. */
const whileTimePasses = async <T>(clock: FakeClock, work: Promise<T>): Promise<T> => {
  const state = { isOver: false };
  const end = (): void => void (state.isOver = true);
  work.then(end, end);
  while (!state.isOver) await clock.advance(1_000);
  return work;
};

interface Scene {
  readonly stage: Stage;
  readonly clock: FakeClock;
  readonly reports: readonly Report[];
}

/** One turn with the culprit, which is then removed, and one without. */
const play = async (plugin: Plugin, between: (scene: Scene) => Promise<void>): Promise<void> => {
  const clock = createFakeClock();
  const reports: Report[] = [];
  const error = (message: string, data?: object): void => void reports.push({ message, ...data });
  const stage = await setStage({
    model: (prompt) => (asksForSummary(prompt) ? summaryStep(prompt) : calling(prompt)),
    // So small that of one turn there is something to cut off.
    contextTokens: 40,
    compaction: { auto: false },
    plugins: [speaking("it"), plugin],
    logger: { ...silentLogger, error },
    clock,
  });
  try {
    await whileTimePasses(clock, stage.turn("With it"));
    await whileTimePasses(clock, compactAndWait(stage));
    await between({ stage, clock, reports });
    await whileTimePasses(clock, stage.holdfast.removePlugin("culprit"));
    expect(await whileTimePasses(clock, stage.turn("Without it"))).toMatchObject({ status: "completed" });
    expect(contents(await stage.log()).at(-1)).toBe("it");
    await expectSound(stage.store, stage.sessionId);
  } finally {
    await whileTimePasses(clock, Promise.resolve(stage[Symbol.asyncDispose]()));
  }
};

const compactAndWait = async ({ holdfast: { sessions }, sessionId }: Stage): Promise<void> => {
  const { cursor } = await sessions.compact({ sessionId });
  await sessions.wait({ sessionId, after: cursor });
};

/** What is promised where a tap failed. */
const expectFailed = async (hook: HookName, { stage, clock, reports }: Scene, reason: RegExp): Promise<void> => {
  const named = expect.objectContaining({
    plugin: "culprit",
    hook,
    directory: stage.directory,
    reason: expect.stringMatching(reason),
  });
  const log = await stage.log();
  // It is not there before its plugin is removed.
  if (hook === "closing") await whileTimePasses(clock, stage.holdfast.replacePlugin(tapping(hook, () => undefined)));
  expect(reports).toContainEqual(named);
  if (hook === "closing") return;
  if (hook === "opening") {
    expect(contents(log)).toEqual([]);
    const ended = log.find(({ type }) => type === "execution.ended");
    expect(JSON.stringify(ended?.data)).toMatch(/culprit.*opening/);
    expect(await stage.holdfast.locations.list()).toEqual([]);
    return;
  }
  expect(contents(log)).toEqual([hookCatalogue[hook].failsClosed ? "denied-by-policy" : "it"]);
  const [open] = await stage.holdfast.locations.list();
  expect(open?.taps).toMatchObject([
    { hook, plugin: "culprit", failures: expect.any(Number), lastFailure: expect.stringMatching(reason) },
  ]);
  expect(open?.taps[0]?.failures).toBeGreaterThan(0);
};

const fail = (): never => {
  throw new Error("no idea");
};

const hang = (): Promise<never> => new Promise(() => {});

const trap = (): never => {
  throw new Error("a trap");
};

const members = ["tools", "messages", "input", "effect", "content", "instructions", "keep"];
const faulty = Object.defineProperties({}, Object.fromEntries(members.map((name) => [name, { get: trap }])));

describe.each(hooks)("a tap of %s", (hook) => {
  const { kind } = hookCatalogue[hook];

  it("that throws has the documented effect, is named, and the session goes on", async () => {
    await play(tapping(hook, fail), (scene) => expectFailed(hook, scene, /no idea/));
  });

  it("that hangs has the documented effect after its time, is named, and the session goes on", async () => {
    await play(tapping(hook, hang), async (scene) => {
      // What only watches is given up later than the turn.
      if (kind === "watches") await scene.clock.advance(11_000);
      const { limitMs } = hookCatalogue[hook];
      await expectFailed(hook, scene, new RegExp(`within ${limitMs} ms`));
    });
  });

  const nonsense: readonly (readonly [string, unknown])[] = [
    ["null", null],
    ["a text", "yes"],
    ["an empty object", {}],
    ["a list", []],
    ["members of no use", { tools: [{ name: "gone" }], messages: [{}], input: [1], effect: "maybe", content: 5 }],
    ["members that cannot be copied", { tools: () => {}, messages: [() => {}], input: () => {}, content: Symbol("x") }],
    ["members that throw", faulty],
  ];
  it.each(nonsense)("that answers %s has the documented effect, and the session goes on", async (_name, answer) => {
    await play(
      tapping(hook, () => answer),
      async (scene) => {
        if (kind === "decides") return expectFailed(hook, scene, /./);
        // What it answers is not looked at.
        expect(contents(await scene.stage.log())).toEqual(["it"]);
        expect(scene.reports).toEqual([]);
      },
    );
  });

  it("cannot change what it is given", async () => {
    const changed: string[] = [];
    const seen: object[] = [];
    const change = (given: object): void => {
      seen.push(given);
      changed.push(...setEverywhere(given));
    };
    await play(tapping(hook, change), async ({ stage, reports }) => {
      expect(contents(await stage.log())).toEqual(["it"]);
      expect(reports).toEqual([]);
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(changed).toEqual([]);
  });

  it("that is there twice is asked twice, and each is listed by itself", async () => {
    const order: string[] = [];
    const setup: PluginDefinition["setup"] = (context) => {
      tapWith(context.hooks, hook, () => void order.push("first"));
      tapWith(context.hooks, hook, () => void order.push("second"));
    };
    await play(
      tapping(hook, () => undefined, { setup }),
      async ({ stage }) => {
        expect(contents(await stage.log())).toEqual(["it"]);
        const [open] = await stage.holdfast.locations.list();
        expect(open?.taps.map(({ plugin }) => plugin)).toEqual(["culprit", "culprit"]);
      },
    );
    expect(order.filter((name) => name === "first").length).toBeGreaterThan(0);
    expect(order.filter((name) => name === "second")).toHaveLength(order.length / 2);
  });

  it("of a plugin that never closes is gone all the same", async () => {
    const calls: object[] = [];
    const setup: PluginDefinition["setup"] = (context) => {
      tapWith(context.hooks, hook, (given) => void calls.push(given));
      return () => new Promise<void>(() => {});
    };
    let before = 0;
    await play(
      tapping(hook, () => undefined, { setup }),
      async ({ stage, clock }) => {
        await whileTimePasses(clock, stage.holdfast.removePlugin("culprit"));
        before = calls.length;
        await whileTimePasses(clock, stage.turn("Again"));
        expect((await stage.holdfast.locations.list())[0]?.taps).toEqual([]);
        await stage.holdfast.addPlugin(definePlugin({ name: "culprit", setup: () => {} }));
      },
    );
    expect(calls).toHaveLength(before);
  });
});

/** Tries to write into a value and all that it holds: the paths where it could. */
const setEverywhere = (value: object, path = "", known = new Set<object>()): readonly string[] => {
  if (known.has(value)) return [];
  known.add(value);
  const here = Reflect.set(value, "changed", true) ? [`${path}.changed`] : [];
  return Object.entries(value)
    .flatMap(([key, member]: [string, unknown]) => {
      const could = Reflect.set(value, key, "changed") ? [`${path}.${key}`] : [];
      const inside =
        typeof member === "object" && member !== null ? setEverywhere(member, `${path}.${key}`, known) : [];
      return [...could, ...inside];
    })
    .concat(here);
};

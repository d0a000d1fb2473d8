import { HoldfastError } from "@holdfast/core";
import { definePlugin } from "@holdfast/core/plugin";
import { createRuntime } from "@holdfast/runner";
import { createMemoryStore, scriptedModel, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { collect, logOf, openRuntime, setStage } from "./stage.ts";

import type { Prompt } from "@holdfast/core";
import type { RuntimeOptions } from "@holdfast/runner";

const model = scriptedModel(() => [text("Hello.")]);

const optionsWith = (more: object): RuntimeOptions => ({
  store: createMemoryStore(),
  model: () => ({ model }),
  ...more,
});

/** The paths that a refusal names. */
const refusedBy = async (promise: Promise<unknown>): Promise<readonly string[]> => {
  const error: unknown = await promise.then(
    () => new Error("expected a refusal"),
    (reason: unknown) => reason,
  );
  if (!HoldfastError.isInstance(error, "argument.invalid")) throw error;
  const { issues = [] } = error.data as { readonly issues?: readonly { readonly path: string }[] };
  for (const { path } of issues) expect(error.message).toContain(path);
  return issues.map(({ path }) => path);
};

describe("createRuntime", () => {
  const allow = { action: "*", resource: "*", effect: "allow" };
  it.each<[string, object, readonly string[]]>([
    ["no model", { model: undefined }, ["model"]],
    ["what is no store", { store: {} }, ["store"]],
    ["an effect that nobody knows", { rules: [allow, { ...allow, effect: "Deny" }] }, ["rules.1.effect"]],
    [
      "an agent's rule with a typing error",
      { agents: { a: { rules: [{ ...allow, efect: "deny" }] } } },
      ["agents.a.rules.0"],
    ],
    ["an agent that is undefined", { agents: { a: undefined } }, ["agents.a"]],
    ["an agent of 0 steps", { agents: { default: { steps: 0 } } }, ["agents.default.steps"]],
    ["no place for a call", { limits: { concurrentCalls: 0 } }, ["limits.concurrentCalls"]],
    ["half a millisecond", { limits: { graceMs: 0.5 } }, ["limits.graceMs"]],
    ["no number", { claims: { renewMs: Number.NaN, expireMs: Infinity } }, ["claims.renewMs", "claims.expireMs"]],
    ["a limit that nobody knows", { limits: { graceMS: 1 } }, ["limits"]],
    ["five retries without a pause", { retries: { limit: 5, firstMs: 0 } }, ["retries.limit", "retries.firstMs"]],
    ["an option that nobody knows", { recover: "resume" }, [""]],
    ["a policy that nobody knows", { recovery: "always" }, ["recovery"]],
    ["a name that cannot be sealed", { name: "\ud83d" }, ["name"]],
    ["a default model that cannot be sealed", { defaultModel: { id: "\ud83d" } }, ["defaultModel"]],
    ["what is no plugin", { plugins: [{ name: "a", setup: () => {} }] }, ["plugins.0"]],
    ["half a logger", { logger: { error: () => {} } }, ["logger"]],
    ["half a clock", { clock: { now: () => 0 } }, ["clock"]],
  ])("refuses %s, naming its place", async (_name, more, paths) => {
    expect(await refusedBy(createRuntime(optionsWith(more)))).toEqual(paths);
  });

  it("refuses what is no object, and two plugins of one name", async () => {
    expect(await refusedBy(createRuntime(undefined as never))).toEqual([""]);
    const twice = [definePlugin({ name: "a", setup: () => {} }), definePlugin({ name: "a", setup: () => {} })];
    expect(await refusedBy(createRuntime(optionsWith({ plugins: twice })))).toEqual(["plugins"]);
  });

  it("lists everything that does not fit at once", async () => {
    const more = { rules: [{ ...allow, effect: "no" }], limits: { files: -1 }, name: "" };
    expect(await refusedBy(createRuntime(optionsWith(more)))).toEqual(["rules.0.effect", "name", "limits.files"]);
  });

  it("takes an explicit undefined for a default, everywhere", async () => {
    const limits = { inboxInputs: undefined, inputBytes: undefined, graceMs: undefined };
    const nothing = { plugins: undefined, rules: undefined, agents: undefined, recovery: undefined, logger: undefined };
    await using stage = await setStage({
      ...nothing,
      plugins: [],
      model: [[text("Hello.")]],
      limits,
      claims: { renewMs: undefined },
      agents: { default: { steps: undefined, rules: undefined, model: undefined } },
      name: undefined,
    });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    await using _other = await createRuntime(optionsWith({ ...nothing, limits: undefined, claims: undefined }));
  });
});

describe("an input", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  let deep: object = {};
  for (let level = 0; level < 5_000; level++) deep = { deep };
  let wide: readonly unknown[] = [1];
  for (let level = 0; level < 60; level++) wide = [wide, wide];
  const file = { mediaType: "text/plain", data: "AAAA" };
  const throwing = Object.defineProperty({}, "a", {
    enumerable: true,
    get: () => {
      throw new RangeError("no");
    },
  });

  it.each<[string, object, string]>([
    ["metadata with half an emoji", { metadata: { a: "\ud83d" } }, "metadata"],
    ["metadata with half an emoji in a name", { metadata: { "\ud83d": 1 } }, "metadata"],
    ["metadata that holds itself", { metadata: cyclic }, "metadata"],
    ["metadata 5,000 levels deep", { metadata: deep }, "metadata"],
    ["metadata that holds one thing 2 to the 60 times", { metadata: { wide } }, "metadata"],
    ["metadata of 20 MB", { metadata: { big: "x".repeat(20_000_000) } }, "metadata"],
    ["metadata of 65,537 bytes", { metadata: { a: "ä".repeat(32_764) + "x" } }, "metadata"],
    ["metadata that throws", { metadata: throwing }, "metadata"],
    ["metadata that is a list", { metadata: [] }, "metadata"],
  ])("with %s is refused, and nothing is done", async (_name, more, path) => {
    await using stage = await setStage({ model: [] });
    const { sessionId } = stage;
    const prompt = { sessionId, text: "Hi", resume: false, ...more } as Prompt;
    expect(await refusedBy(stage.holdfast.sessions.prompt(prompt))).toEqual([path]);
    expect(await stage.log()).toHaveLength(1);
  });

  it("may have metadata of 64 KiB of JSON", async () => {
    await using stage = await setStage({ model: [] });
    const metadata = { a: "ä".repeat(32_764) };
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Hi", resume: false, metadata });
    expect(await stage.log()).toHaveLength(2);
  });

  it("may have 32 files of 20 MiB together, or what the options say, and one more is refused", async () => {
    await using stage = await setStage({ model: [] });
    const { sessionId } = stage;
    const over = [
      { files: Array.from({ length: 33 }, () => file) },
      { files: [file, { ...file, data: "A".repeat(20 * 1024 * 1024) }] },
    ];
    const { sessions } = stage.holdfast;
    for (const more of over) {
      const refused = sessions.prompt({ sessionId, text: "Hi", resume: false, ...more });
      await expect(refused).rejects.toMatchObject({
        code: "argument.invalid",
        message: expect.stringMatching(/files.*at most/),
      });
    }
    await sessions.prompt({ sessionId, text: "Hi", resume: false, files: Array.from({ length: 32 }, () => file) });
    await using few = await openRuntime(createMemoryStore(), { limits: { files: 1, fileBytes: 8 } });
    const { id } = await few.sessions.create({ location: { directory: stage.directory } });
    await few.sessions.prompt({ sessionId: id, text: "Hi", resume: false, files: [{ ...file, data: "A".repeat(8) }] });
    for (const files of [[file, file], [{ ...file, data: "A".repeat(12) }]]) {
      await expect(few.sessions.prompt({ sessionId: id, text: "Hi", files })).rejects.toMatchObject({
        code: "argument.invalid",
      });
    }
    expect(await logOf(few, id)).toHaveLength(2);
  });

  it("of a session whose model cannot be sealed there is none: creating it is refused", async () => {
    await using stage = await setStage({ model: [] });
    const location = { directory: stage.directory };
    const create = (name: object) => stage.holdfast.sessions.create({ location, model: name as never });
    expect(await refusedBy(create({ id: "\ud83d" }))).toEqual(["model"]);
    expect(await refusedBy(create({ id: "a", provider: "\ud83d" }))).toEqual(["model"]);
  });
});

describe("disposing of a runtime", () => {
  it("closes the other parts where one fails, says what failed, and does it once", async () => {
    const order: string[] = [];
    const store = createMemoryStore();
    const failing = new Proxy(store, {
      get: (target, key) => {
        if (key === Symbol.asyncDispose) return async () => void order.push("store");
        if (key === "retire") return () => Promise.reject(new Error("the row could not be removed"));
        const member: unknown = Reflect.get(target, key, target);
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    });
    const plugin = definePlugin({ name: "plugin", setup: () => () => void order.push("plugin") });
    const stage = await setStage({ store: failing, model: [[text("Hello.")]], plugins: [plugin] });
    await stage.turn("Hi");
    const { holdfast } = stage;
    const [first, second] = await Promise.allSettled([
      holdfast[Symbol.asyncDispose](),
      holdfast[Symbol.asyncDispose](),
    ]);
    expect(order).toEqual(["plugin", "store"]);
    expect(first).toMatchObject({ status: "rejected", reason: { message: "the row could not be removed" } });
    expect(second).toEqual(first);
    await expect(collect(holdfast.sessions.events({ sessionId: stage.sessionId }))).rejects.toMatchObject({
      code: "runtime.disposed",
    });
  });
});

import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { silentLogger } from "@holdfast/core";
import { pruneSessions } from "@holdfast/core/store";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { sha256, text, toolCall } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { openRuntime, outcomesOf, turn } from "./session-stage.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { Rule } from "@holdfast/core";
import type { Todo } from "@holdfast/core/event";

const allow = (action: string): Rule => ({ action, resource: "*", effect: "allow" });
const deny = (action: string): Rule => ({ action, resource: "*", effect: "deny" });
const first: readonly Todo[] = [{ content: "Look at it", status: "in_progress", priority: "high" }];
const second: readonly Todo[] = [
  { content: "Look at it", status: "completed", priority: "high" },
  { content: "Mend it", status: "pending", priority: "low" },
];
const asked = {
  questions: [{ question: "Which colour?", options: [{ label: "red" }, { label: "blue" }] }, { question: "Why?" }],
};

it("a question needs no permission, is answered from another runtime, and its answers are effect and output", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "sessions.db");
  await using one = await openRuntime(path, { script: [[toolCall("question", asked)], [text("Thanks.")]] });
  const { id: sessionId } = await one.sessions.create({ location: { directory: folder.path } });
  expect(await turn(one, sessionId)).toMatchObject({ status: "asking" });
  await using two = await openRuntime(path);
  const [ask, ...others] = (await two.asks.list({ sessionId })).asks;
  expect(others).toEqual([]);
  expect(ask?.shown).toMatchObject({ kind: "question", tool: "question" });
  const { askId = "", identity = "" } = ask ?? {};
  const answers = [["blue"], ["It is calm."]];
  await two.asks.answer({ sessionId, askId, identity, answer: { kind: "question", answers } });
  expect(await one.sessions.wait({ sessionId, timeoutMs: 20_000 })).toMatchObject({ status: "completed" });
  const structured = [
    { question: "Which colour?", answers: ["blue"] },
    { question: "Why?", answers: ["It is calm."] },
  ];
  expect(await outcomesOf(one, sessionId)).toEqual([
    { status: "completed", structured, content: "Which colour?\nblue\n\nWhy?\nIt is calm." },
  ]);
  const effects: unknown[] = [];
  for await (const item of one.sessions.events({ sessionId, until: "sync" }))
    if (item.kind === "event" && item.event.type === "tool.begun") effects.push(item.event.data.effect);
  expect(effects).toEqual([structured]);
  expect((await one.asks.list({ sessionId })).asks).toEqual([]);
});

it("a question that is dismissed interrupts, and one that nobody can be asked is refused", async () => {
  await using folder = await temporaryFolder();
  const script = [[toolCall("question", asked)], [text("Thanks.")]];
  await using holdfast = await openRuntime(join(folder.path, "a.db"), { script });
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
  await turn(holdfast, sessionId);
  const [ask] = (await holdfast.asks.list({ sessionId })).asks;
  const { askId = "", identity = "" } = ask ?? {};
  await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "question" } });
  expect(await holdfast.sessions.wait({ sessionId, timeoutMs: 20_000 })).toMatchObject({ status: "interrupted" });

  await using headless = await openRuntime(join(folder.path, "b.db"), { script, asks: { policy: "deny" } });
  const other = await headless.sessions.create({ location: { directory: folder.path } });
  expect(await turn(headless, other.id)).toMatchObject({ status: "completed" });
  expect(await outcomesOf(headless, other.id)).toMatchObject([{ status: "stopped", reason: "denied-by-policy" }]);
});

it("a question that a rule denies is not asked", async () => {
  await using folder = await temporaryFolder();
  const script = [[toolCall("question", asked)], [text("Well then.")]];
  await using holdfast = await openRuntime(join(folder.path, "a.db"), { script, rules: [deny("question")] });
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
  expect(await turn(holdfast, sessionId)).toMatchObject({ status: "completed" });
  expect(await outcomesOf(holdfast, sessionId)).toMatchObject([{ status: "stopped", reason: "denied-by-policy" }]);
});

it("todos are the last list that was written, also after a restart, a prune, and in another store", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.db");
  const options = {
    rules: [allow("todowrite")],
    script: [[toolCall("todowrite", { todos: first })], [toolCall("todowrite", { todos: second })], [text("Done.")]],
  };
  let sessionId = "";
  {
    await using holdfast = await openRuntime(path, options);
    ({ id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } }));
    expect(await turn(holdfast, sessionId)).toMatchObject({ status: "completed" });
    expect(await outcomesOf(holdfast, sessionId)).toMatchObject([
      { status: "completed", structured: { total: 1, open: 1 } },
      { status: "completed", content: "The list has 2 todos, 1 of them open." },
    ]);
  }
  {
    await using store = await openSqliteStore({ path });
    expect(await pruneSessions(store, { now: 0, keepEvents: 0 }, sha256)).toMatchObject({ pruned: 1, damaged: [] });
  }
  await using holdfast = await openRuntime(path);
  expect(await outcomesOf(holdfast, sessionId)).toEqual([]);
  expect(await holdfast.sessions.todos({ sessionId })).toEqual(second);
  await using elsewhere = await openRuntime(join(folder.path, "b.db"));
  await elsewhere.sessions.import({ lines: holdfast.sessions.export({ sessionId }) });
  expect(await elsewhere.sessions.todos({ sessionId })).toEqual(second);
});

const tooLong = "x".repeat(501);

it.each([
  ["without permission", second, [deny("todowrite")], { reason: "denied-by-policy" }],
  ["of more than 200 items", Array.from({ length: 201 }, () => first[0]), [], { reason: "invalid-input" }],
  ["with more than 500 characters in one", [{ ...first[0], content: tooLong }], [], { reason: "invalid-input" }],
  [
    "of more than 64 KiB",
    Array.from({ length: 200 }, () => ({ ...first[0], content: tooLong.slice(1) })),
    [],
    { reason: "invalid-input" },
  ],
] as const)("todos %s change nothing", async (...[, todos, rules, outcome]) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.db");
  let sessionId = "";
  {
    const script = [[toolCall("todowrite", { todos: first })], [text("Done.")]];
    await using holdfast = await openRuntime(path, { script, rules: [allow("todowrite")] });
    ({ id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } }));
    await turn(holdfast, sessionId);
  }
  const script = [[toolCall("todowrite", { todos })], [text("Done.")]];
  await using holdfast = await openRuntime(path, { script, rules: rules.length === 0 ? [allow("todowrite")] : rules });
  await turn(holdfast, sessionId);
  expect((await outcomesOf(holdfast, sessionId)).at(-1)).toMatchObject({ status: "stopped", ...outcome });
  expect(await holdfast.sessions.todos({ sessionId })).toEqual(first);
});

it("a skill is shown to who may load it, and a refusal does not say whether there is one", async () => {
  await using folder = await temporaryFolder();
  mkdirSync(join(folder.path, "mine/deploy"), { recursive: true });
  writeFileSync(join(folder.path, "mine/deploy/SKILL.md"), "---\ndescription: Deploys\n---\nPush the button.\n");
  writeFileSync(join(folder.path, "mine/deploy/button.sh"), "echo pushed\n");
  const script = [["deploy", "secret", "other"].map((name) => toolCall("skill", { name })), [text("Done.")]];
  const rules = [allow("skill"), { action: "skill", resource: "secret", effect: "deny" as const }];
  await using holdfast = await openRuntime(join(folder.path, "a.db"), { script, rules, folders: ["mine"] });
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
  await turn(holdfast, sessionId);
  const outcomes = await outcomesOf(holdfast, sessionId);
  expect(outcomes).toHaveLength(3);
  const said = outcomes.map(({ status, content }) => `${status}: ${content}`).join("\n---\n");
  expect(said).toContain("Push the button.");
  expect(said).toContain("button.sh");
  expect(said).toContain("There is no skill other. There are:\n- deploy: Deploys");
  expect(outcomes).toContainEqual(expect.objectContaining({ status: "stopped", reason: "denied-by-policy" }));
});

it("of a file that looks like a skill and is none, the log says why", async () => {
  await using folder = await temporaryFolder();
  mkdirSync(join(folder.path, "mine/deploy"), { recursive: true });
  const file = join(realpathSync(folder.path), "mine/deploy/SKILL.md");
  writeFileSync(file, "Push the button.\n");
  const warnings: unknown[] = [];
  const logger = { ...silentLogger, warn: (...said: readonly unknown[]) => void warnings.push(said) };
  const script = [[toolCall("skill", { name: "deploy" })], [text("Done.")]];
  const options = { script, rules: [allow("skill")], folders: ["mine"], logger };
  await using holdfast = await openRuntime(join(folder.path, "a.db"), options);
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
  await turn(holdfast, sessionId);
  expect(warnings).toContainEqual([
    "a file that looks like a skill is none",
    expect.objectContaining({ file, reason: expect.stringContaining("description") as string }),
  ]);
});

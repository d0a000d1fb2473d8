import { verifySession } from "@holdfast/core/store";
import { defineTool } from "@holdfast/core/tool";
import {
  createGate,
  createMemoryStore,
  lastUserText,
  sha256,
  text,
  toolCall,
  toolResultsOfTurn,
} from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { prune } from "./pruning.ts";
import { allowAll, collect, dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Rule } from "@holdfast/core";
import type { Script } from "@holdfast/testkit";

const whole = "a line of output\n".repeat(10_000);
const look = defineTool({
  name: "look",
  description: "Looks.",
  input: z.object({}),
  output: z.string(),
  execute: () => whole,
});

const script: Script = (prompt) =>
  lastUserText(prompt).startsWith("Look") && toolResultsOfTurn(prompt).length === 0
    ? [toolCall("look", {})]
    : [text("Done.")];

it("a fork's model is asked as its source's would have been, and neither sees what the other does", async () => {
  const asked: string[] = [];
  const model: Script = (prompt) => {
    asked.push(JSON.stringify(prompt));
    return [text("Done.")];
  };
  await using stage = await setStage({ model });
  const { sessions } = stage.holdfast;
  await stage.turn("One");
  const { id } = await sessions.fork({ sessionId: stage.sessionId });
  await stage.turn("Two");
  const { cursor } = await sessions.prompt({ sessionId: id, text: "Two" });
  await sessions.wait({ sessionId: id, after: cursor });
  expect(asked[2]).toBe(asked[1]);
  expect(await verifySession(stage.store, id, sha256)).toMatchObject({ chain: [], projections: [] });
});

it("a fork has new event IDs and no keys: a retry under its source's key is a new input", async () => {
  await using stage = await setStage({ model: script });
  const { sessionId } = stage;
  const { sessions } = stage.holdfast;
  const keyed = { idempotencyKey: "once", text: "Hi" };
  const first = await sessions.prompt({ sessionId, ...keyed });
  await sessions.wait({ sessionId, after: first.cursor });
  const fork = await sessions.fork({ sessionId });
  const ids = new Set((await logOf(stage.holdfast, sessionId)).map(({ id }) => id));
  expect((await logOf(stage.holdfast, fork.id)).filter(({ id }) => ids.has(id))).toEqual([]);
  expect(await sessions.prompt({ sessionId: fork.id, ...keyed })).toMatchObject({ replayed: false });
  expect(await sessions.prompt({ sessionId, ...keyed })).toMatchObject({ replayed: true, messageId: first.messageId });
});

it("outputs of its source are read by a fork where its own results refer to them, and no others", async () => {
  await using stage = await setStage({ tools: [look], model: script });
  const { sessionId, holdfast } = stage;
  await stage.turn("Look");
  const fork = await holdfast.sessions.fork({ sessionId });
  const forkOfFork = await holdfast.sessions.fork({ sessionId: fork.id });
  await stage.turn("Look again");
  const other = await holdfast.sessions.create({ location: { directory: stage.directory } });
  const [early = "", late = ""] = dataOf(await stage.log(), "tool.settled").map(({ outcome }) => outcome.output);
  const read = (id: string, ref: string) => holdfast.outputs.read({ sessionId: id, ref }).then(({ size }) => size);
  for (const id of [sessionId, fork.id, forkOfFork.id]) expect(await read(id, early)).toBe(whole.length);
  expect(await read(sessionId, late)).toBe(whole.length);
  for (const [id, ref] of [
    [fork.id, late],
    [other.id, early],
    ["ses_nobody", early],
  ] as const) {
    await expect(read(id, ref)).rejects.toMatchObject({ code: "output.not-found" });
  }
  await prune(stage.store, fork.id);
  expect(await read(fork.id, early)).toBe(whole.length);
  const store = createMemoryStore();
  await using elsewhere = await openRuntime(store);
  await elsewhere.sessions.import({ lines: holdfast.sessions.export({ sessionId: fork.id }) });
  const { size } = await elsewhere.outputs.read({ sessionId: fork.id, ref: early });
  expect(size).toBe(whole.length);
});

it("denies that its source inherited bind a fork; the runtime that forks it adds none of its own", async () => {
  const deny: Rule = { action: "look", resource: "*", effect: "deny" };
  const store = createMemoryStore();
  await using strict = await setStage({
    store: shared(store),
    rules: [...allowAll, deny],
    tools: [look],
    model: script,
  });
  const parentId = strict.sessionId;
  const location = { directory: strict.directory };
  const child = await strict.holdfast.sessions.create({ location, parentId });
  const bound = await strict.holdfast.sessions.fork({ sessionId: child.id });
  const free = await strict.holdfast.sessions.fork({ sessionId: parentId });
  await using lenient = await openRuntime(shared(store), { tools: [look], model: script });
  const outcomeIn = async (sessionId: string) => {
    const { cursor } = await lenient.sessions.prompt({ sessionId, text: "Look" });
    await lenient.sessions.wait({ sessionId, after: cursor });
    return dataOf(await logOf(lenient, sessionId), "tool.settled")[0]?.outcome;
  };
  expect(await outcomeIn(bound.id)).toMatchObject({ status: "stopped", reason: "denied-by-policy" });
  expect(await outcomeIn(free.id)).toMatchObject({ status: "completed" });
});

it("a session that runs is forked where it last rested, and concurrent callers of one ID converge", async () => {
  const gate = createGate();
  const slow = defineTool({ ...look, execute: () => gate.opened.then(() => "seen") });
  await using stage = await setStage({ tools: [slow], model: script });
  const { sessionId } = stage;
  const { sessions } = stage.holdfast;
  await stage.turn("One");
  const { cursor: rested } = await sessions.wait({ sessionId });
  const { cursor } = await sessions.prompt({ sessionId, text: "Look" });
  const forks = await Promise.all(Array.from({ length: 8 }, () => sessions.fork({ sessionId, id: "ses_fork" })));
  for (const fork of forks) expect(fork).toEqual(forks[0]);
  expect(await sessions.fork({ sessionId, at: rested })).toMatchObject({ forkedFrom: forks[0]?.forkedFrom });
  const rest = await sessions.wait({ sessionId: "ses_fork" });
  expect(rest).toMatchObject({ status: "completed" });
  gate.open();
  expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  expect((await sessions.fork({ sessionId, id: "ses_fork" })).forkedFrom).toEqual(forks[0]?.forkedFrom);
  await expect(
    sessions.fork({ sessionId, id: "ses_fork", at: (await sessions.wait({ sessionId })).cursor }),
  ).rejects.toMatchObject({
    code: "argument.invalid",
  });
});

it("a session whose log was pruned is not forked; a fork that is pruned does not tell any more where it comes from", async () => {
  await using stage = await setStage({ model: script });
  const { sessionId, store } = stage;
  const { sessions } = stage.holdfast;
  await stage.turn("One");
  const fork = await sessions.fork({ sessionId });
  await prune(store, sessionId);
  await expect(sessions.fork({ sessionId })).rejects.toMatchObject({ code: "argument.invalid" });
  await stage.turn("Two");
  await expect(sessions.fork({ sessionId })).rejects.toMatchObject({ code: "argument.invalid" });
  await expect(sessions.fork({ sessionId, at: "yesterday" })).rejects.toMatchObject({ code: "cursor.malformed" });
  expect((await sessions.list()).sessions.map(({ forkedFrom }) => forkedFrom?.sessionId)).toEqual([
    sessionId,
    undefined,
  ]);
  await prune(store, fork.id);
  expect(await sessions.get({ sessionId: fork.id })).not.toHaveProperty("forkedFrom");
  expect((await collect(sessions.events({ sessionId: fork.id, until: "sync" }))).at(-1)).toMatchObject({
    kind: "sync",
  });
});

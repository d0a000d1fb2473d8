import { createFakeHoldfast, scriptedModel, text, toolCall } from "@holdfast/testkit";
import { defineTool } from "@holdfast/core/tool";
import { expect, it } from "vitest";
import * as z from "zod";

import type { FakeOptions } from "@holdfast/testkit";

const location = { directory: "/no/such/place" };
const say = (): FakeOptions => ({ model: scriptedModel(() => [text("Hello.")]) });

it("two fakes of one seed, asked the same, make the same IDs; without a seed they differ", async () => {
  const clock = { now: () => 1_767_225_600_000, monotonic: () => 0, sleep: () => new Promise<void>(() => {}) };
  const idOf = async (more: Partial<FakeOptions>): Promise<string> => {
    await using holdfast = createFakeHoldfast({ ...say(), clock, ...more });
    return (await holdfast.sessions.create({ location })).id;
  };
  expect(await idOf({ seed: 7 })).toBe(await idOf({ seed: 7 }));
  expect(await idOf({ seed: 7 })).not.toBe(await idOf({ seed: 8 }));
  expect(await idOf({})).not.toBe(await idOf({}));
});

it("directories need not exist, and every model and tool is taken as it is given", async () => {
  await using holdfast = createFakeHoldfast(say());
  const { sessions } = holdfast;
  const session = await sessions.create({ location, model: { id: "any" } });
  expect(session).toMatchObject({ location, project: location.directory });
  const { cursor } = await sessions.prompt({ sessionId: session.id, text: "Hi" });
  expect(await sessions.wait({ sessionId: session.id, after: cursor })).toMatchObject({ status: "completed" });
});

it("a script that would call for ever is stopped after 50 steps", async () => {
  const look = defineTool({
    name: "look",
    description: "Looks.",
    input: z.object({}),
    output: z.string(),
    execute: () => "seen",
  });
  await using holdfast = createFakeHoldfast({ model: scriptedModel(() => [toolCall("look", {})]), tools: [look] });
  const { sessions } = holdfast;
  const { id: sessionId } = await sessions.create({ location });
  const { cursor } = await sessions.prompt({ sessionId, text: "Hi" });
  expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({
    status: "budget",
    failure: { class: "step-limit", message: "The activity took 50 steps of 50." },
  });
});

it("a fake that is disposed of while it works ends its readers, its waits and its work", async () => {
  const holdfast = createFakeHoldfast({ model: scriptedModel([[text("Half", { open: true, chunks: 1 })]]) });
  const { sessions } = holdfast;
  const { id: sessionId } = await sessions.create({ location });
  const reading = (async () => {
    for await (const _item of sessions.events({ sessionId })) continue;
  })();
  const ended = expect(reading).rejects.toMatchObject({ code: "runtime.disposed" });
  await sessions.prompt({ sessionId, text: "Hi" });
  await holdfast[Symbol.asyncDispose]();
  await holdfast[Symbol.asyncDispose]();
  await ended;
  await expect(sessions.wait({ sessionId })).rejects.toMatchObject({ code: "runtime.disposed" });
});

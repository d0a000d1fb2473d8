import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRuntime } from "@holdfast/runner";
import { createFakeClock, createMemoryStore, scriptedModel, text } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { sessionTools } from "../src/index.ts";

import type { RuntimeOptions } from "@holdfast/runner";

const setScene = async (options: Partial<RuntimeOptions> = {}) => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "holdfast-told-")));
  const clock = createFakeClock(new Date(2026, 10, 25, 23, 59, 30).getTime());
  const skill = async (name: string, description: string): Promise<void> => {
    await mkdir(join(directory, ".agents/skills", name), { recursive: true });
    await writeFile(
      join(directory, ".agents/skills", name, "SKILL.md"),
      `---\ndescription: ${description}\n---\nDo it.\n`,
    );
  };
  await skill("deploy", "How to deploy.");
  await skill("secret", "How to sign.");
  const holdfast = await createRuntime({
    store: createMemoryStore(),
    model: () => ({ model: scriptedModel(() => [text("Yes.")]) }),
    plugins: [sessionTools()],
    rules: [{ action: "skill", resource: "secret", effect: "deny" }],
    clock,
    ...options,
  });
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory } });
  return {
    clock,
    skill,
    turn: async () => {
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
      await holdfast.sessions.wait({ sessionId, after: cursor });
    },
    baseline: async () => (await holdfast.sessions.context({ sessionId })).instructions,
    updates: async () => {
      const { messages } = await holdfast.sessions.messages({ sessionId });
      return messages.flatMap((message) => (message.role === "system" ? [message.text] : []));
    },
    [Symbol.asyncDispose]: async () => {
      await holdfast[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

it("the model is told the day, and of the skills those that are not denied; and what changes, when it does", async () => {
  await using scene = await setScene();
  await scene.turn();
  expect(await scene.baseline()).toBe(
    "Today is Wednesday, 2026-11-25.\n\nThere are instructions for certain kinds of tasks, as skills. Load one with the tool skill before you begin such a task:\n- deploy: How to deploy.",
  );
  await scene.clock.advance(20_000);
  await scene.turn();
  expect(await scene.updates()).toEqual([]);
  await scene.clock.advance(20_000);
  await scene.skill("deploy", "How to deploy safely.");
  await scene.turn();
  expect(await scene.updates()).toEqual([
    "It is Thursday, 2026-11-26 now.\n\nThe skills are others now:\n- deploy: How to deploy safely.",
  ]);
});

it("an agent without the tool for them is told of no skills", async () => {
  await using scene = await setScene({ agents: { default: { tools: ["todowrite"] } } });
  expect(await scene.baseline()).toBe("Today is Wednesday, 2026-11-25.");
});

import { HoldfastError } from "@holdfast/core";
import { defineTool } from "@holdfast/core/tool";
import { lastUserText, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { dataOf, logOf, setStage } from "./stage.ts";

import type { Script } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

const whole = "a line of output, €\n".repeat(5_000);
const give = defineTool({
  name: "give",
  description: "Gives much.",
  input: z.object({}),
  output: z.string(),
  execute: () => whole,
});

/** Reads an output to its end, or says why not. */
const read = defineTool({
  name: "read",
  description: "Reads an output.",
  input: z.object({ ref: z.string(), limit: z.number().optional() }),
  output: z.string(),
  execute: async ({ ref, limit }, { outputs }) => {
    let [found, offset, size] = ["", 0, 1];
    try {
      while (offset < size) {
        const window = await outputs.read(ref, { offset, limit });
        found += window.text;
        [offset, size] = [window.end, window.size];
      }
    } catch (error) {
      if (HoldfastError.isInstance(error)) return error.code;
      throw error;
    }
    return found === whole ? "all of it" : `${found.length} characters`;
  },
});

const script: Script = (prompt) => {
  if (toolResultsOfTurn(prompt).length > 0) return [text("Done.")];
  const said = lastUserText(prompt);
  return [said === "Give" ? toolCall("give", {}) : toolCall("read", JSON.parse(said) as never)];
};

const ask = async (stage: Stage, sessionId: string, input: object): Promise<string | undefined> => {
  const { sessions } = stage.holdfast;
  const { cursor } = await sessions.prompt({ sessionId, text: JSON.stringify(input) });
  await sessions.wait({ sessionId, after: cursor });
  return dataOf(await logOf(stage.holdfast, sessionId), "tool.settled").at(-1)?.outcome.content;
};

const setGiven = async () => {
  const stage = await setStage({ tools: [give, read], model: script });
  await stage.turn("Give");
  const ref = dataOf(await stage.log(), "tool.settled")[0]?.outcome.output ?? "";
  expect(ref).toMatch(/^tool-output:/);
  return { stage, ref, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
};

describe("what a tool reads of kept outputs", () => {
  it("is every byte of its session's own, in windows of any size", async () => {
    await using scene = await setGiven();
    const { stage, ref } = scene;
    expect(await ask(stage, stage.sessionId, { ref })).toBe("all of it");
    expect(await ask(stage, stage.sessionId, { ref, limit: 777 })).toBe("all of it");
  });

  it("is, in a fork, what its source's results refer to", async () => {
    await using scene = await setGiven();
    const { stage, ref } = scene;
    const fork = await stage.holdfast.sessions.fork({ sessionId: stage.sessionId });
    expect(await ask(stage, fork.id, { ref })).toBe("all of it");
  });

  it("is nothing of another session's, nothing that is not there, and no window out of bounds", async () => {
    await using scene = await setGiven();
    const { stage, ref } = scene;
    const { sessions } = stage.holdfast;
    const other = await sessions.create({ location: { directory: stage.directory } });
    expect(await ask(stage, other.id, { ref })).toBe("output.not-found");
    expect(await ask(stage, stage.sessionId, { ref: ref.replace(/\d+$/, "7") })).toBe("output.not-found");
    expect(await ask(stage, stage.sessionId, { ref: "tool-output://" })).toBe("output.not-found");
    for (const limit of [0, 51_201, 0.5])
      expect(await ask(stage, stage.sessionId, { ref, limit })).toBe("argument.invalid");
  });
});

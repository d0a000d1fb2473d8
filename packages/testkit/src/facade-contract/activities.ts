import { defineTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { toolResultsOfTurn } from "../model/conversation.ts";
import { text, toolCall } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, dataOf, setStage } from "./stage.ts";

import type { Script } from "../model/script.ts";
import type { FacadeSubject } from "./facade-subject.ts";

const look = defineTool({
  name: "look",
  description: "Looks.",
  input: z.object({}),
  output: z.string(),
  execute: () => "seen",
});

const lookOnce: Script = (prompt) =>
  toolResultsOfTurn(prompt).length === 0 ? [toolCall("look", {})] : [text("Done.")];

const lookForEver: Script = () => [toolCall("look", {})];

/** Activities: the agent and the model that a prompt asks for, what is used, and what a budget allows. */
export const describeActivities = (subject: FacadeSubject): void => {
  it("a prompt's agent and model work on it to the end of its activity, and the session's on the next one", async () => {
    await using stage = await setStage(subject, { script: lookOnce, tools: [look] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { cursor } = await sessions.prompt({ sessionId, text: "Hi", agent: "nobody", model: { id: "other" } });
    await sessions.wait({ sessionId, after: cursor });
    await stage.turn("Again");
    const steps = dataOf(await stage.log(), "step.started").map(({ agent, model }) => [agent, model.id]);
    expect(steps.slice(0, 2)).toEqual([
      ["nobody", "other"],
      ["nobody", "other"],
    ]);
    expect(steps.slice(2).map(([agent]) => agent)).toEqual(["default", "default"]);
    expect(steps.slice(2).map(([, model]) => model)).not.toContain("other");
    const { messages } = await sessions.messages({ sessionId });
    expect(messages[0]).toMatchObject({ role: "user", agent: "nobody", model: { id: "other" } });
    expect(messages[1]).toMatchObject({ role: "assistant", agent: "nobody", model: { id: "other" } });
  });

  it("an agent that nobody knows may do nothing", async () => {
    await using stage = await setStage(subject, { script: lookOnce, tools: [look] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { cursor } = await sessions.prompt({ sessionId, text: "Hi", agent: "nobody" });
    await sessions.wait({ sessionId, after: cursor });
    const log = await stage.log();
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "denied-by-policy" } }]);
    expect(dataOf(log, "tool.begun")).toEqual([]);
  });

  it("agent and model are part of the payload that a retry must equal, and a model that nobody knows is refused at once", async () => {
    await using stage = await setStage(subject, { script: () => [text("Hello.")] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const prompt = { sessionId, text: "Hi", idempotencyKey: "once", agent: "default", model: { id: "other" } };
    const first = await sessions.prompt(prompt);
    await sessions.wait({ sessionId });
    expect(await sessions.prompt(prompt)).toMatchObject({ replayed: true, messageId: first.messageId });
    for (const change of [{ agent: undefined }, { agent: "another" }, { model: undefined }, { model: { id: "third" } }])
      expect(await codeOf(sessions.prompt({ ...prompt, ...change }))).toBe("input.conflict");
    const before = await stage.log();
    expect(await codeOf(sessions.prompt({ sessionId, text: "Hi", model: { id: "unknown" } }))).toBe("model.unknown");
    expect(await codeOf(sessions.prompt({ sessionId, text: "Hi", agent: "" }))).toBe("argument.invalid");
    expect(await stage.log()).toEqual(before);
  });

  it("what an answer used is told with it, and of a session in all and since its last input", async () => {
    await using stage = await setStage(subject, { script: lookOnce, tools: [look] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    expect(stage.session.usage).toEqual({ inputTokens: 0, outputTokens: 0, cost: 0, activity: { tokens: 0, cost: 0 } });
    await stage.turn("Hi");
    await stage.turn("Again");
    const { messages } = await sessions.messages({ sessionId });
    const answers = messages.flatMap((message) => (message.role === "assistant" ? [message] : []));
    const usage = { input: 100, output: 25, reasoning: 0, cacheRead: 0, cacheWrite: 0 };
    expect(answers.map((answer) => [answer.usage, answer.cost])).toEqual(answers.map(() => [usage, 0]));
    expect(answers).toHaveLength(4);
    expect((await sessions.get({ sessionId }))?.usage).toEqual({
      inputTokens: 400,
      outputTokens: 100,
      cost: 0,
      activity: { tokens: 250, cost: 0 },
    });
  });

  it("an activity whose budget has no room for the next request ends by a typed outcome, and the next prompt has its own", async () => {
    await using stage = await setStage(subject, {
      script: lookForEver,
      tools: [look],
      budget: { tokens: 1_000, steps: 3 },
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    for (const turn of [1, 2]) {
      await stage.turn("Hi");
      const log = await stage.log();
      expect(dataOf(log, "step.started")).toHaveLength(3 * turn);
      expect(dataOf(log, "execution.ended").at(-1)).toMatchObject({ outcome: "budget" });
      const outcome = await sessions.wait({ sessionId });
      expect(outcome).toMatchObject({ status: "budget", failure: { class: "step-limit" } });
      expect(outcome.failure?.message).toContain("3 steps of 3");
    }
    await using mean = await setStage(subject, { script: lookForEver, tools: [look], budget: { tokens: 300 } });
    await mean.turn("Hi");
    const outcome = await mean.holdfast.sessions.wait({ sessionId: mean.session.id });
    expect(outcome).toMatchObject({ status: "budget", failure: { class: "token-limit" } });
    expect(outcome.failure?.message).toContain("tokens of 300");
  });
};

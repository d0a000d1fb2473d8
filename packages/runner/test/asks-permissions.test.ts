import { defineTool } from "@holdfast/core/tool";
import { text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { dataOf, setStage } from "./stage.ts";

import type { Script } from "@holdfast/testkit";

const oneCall: Script = (prompt) => (toolResultsOfTurn(prompt).length > 0 ? [text("done")] : [toolCall("act", {})]);
const act = defineTool({
  name: "act",
  description: "Acts",
  input: z.object({}),
  output: z.string(),
  execute: () => "ran",
});

it("a call that the rules ask for waits for a person, and runs once it is approved", async () => {
  await using stage = await setStage({ rules: [], tools: [act], model: oneCall });
  const { sessionId, holdfast } = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  const { asks } = await holdfast.asks.list({ sessionId });
  expect(asks).toHaveLength(1);
  const [ask] = asks;
  if (ask === undefined) throw new Error("no ask");
    .answer({ ...ask, sessionId, answer: { kind: "permission", reply: "once" } } as never)
    .catch((e) => e);
  const again = await holdfast.asks.answer({
    sessionId,
    askId: ask.askId,
    identity: ask.identity,
    answer: { kind: "permission", reply: "once" },
  });
  expect(await holdfast.sessions.wait({ sessionId, after: again.cursor })).toMatchObject({ status: "completed" });
  expect(dataOf(await stage.log(), "tool.settled")[0]?.outcome).toMatchObject({ status: "completed" });
});

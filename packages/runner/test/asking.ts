import { defineTool } from "@holdfast/core/tool";
import { lastUserText, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import * as z from "zod";

import type { AskInfo, Holdfast, Rule } from "@holdfast/core";
import type { AskAnswer } from "@holdfast/core/event";
import type { PrepareContext, Tool } from "@holdfast/core/tool";
import type { Script } from "@holdfast/testkit";

/** Everything is allowed but to act, which is asked for. */
export const askToAct: readonly Rule[] = [
  { action: "*", resource: "*", effect: "allow" },
  { action: "act", resource: "*", effect: "ask" },
];

/** A tool that asserts what it is about to act on, and notes that it did. */
export const acting = (
  ran: string[],
  {
    prepare = async (target, { permission }) => permission.assert({ action: "act", resources: [target] }),
    timeoutMs = 600_000,
  }: { readonly prepare?: (target: string, ctx: PrepareContext) => Promise<void>; readonly timeoutMs?: number } = {},
): Tool =>
  defineTool({
    name: "act",
    description: "Acts.",
    input: z.object({ on: z.string() }),
    output: z.string(),
    timeoutMs,
    prepare: async ({ on }, ctx) => {
      await prepare(on, ctx);
      return { on };
    },
    execute: ({ on }) => {
      ran.push(on);
      return `acted on ${on}`;
    },
  });

/** On "Go", a call for each target; then an answer. */
export const actingOn =
  (...targets: readonly string[]): Script =>
  (prompt) =>
    lastUserText(prompt) !== "Go" || toolResultsOfTurn(prompt).length > 0
      ? [text("done")]
      : targets.map((on) => toolCall("act", { on }));

export const once: AskAnswer = { kind: "permission", reply: "once" };

/** The open asks of a session. */
export const openAsks = async (holdfast: Holdfast, sessionId: string): Promise<readonly AskInfo[]> =>
  (await holdfast.asks.list({ sessionId })).asks;

/** Answers an ask as it is shown. */
export const answer = (holdfast: Holdfast, ask: AskInfo | undefined, given: AskAnswer = once) => {
  if (ask === undefined) throw new Error("expected an open ask, found none");
  const { sessionId, askId, identity } = ask;
  return holdfast.asks.answer({ sessionId, askId, identity, answer: given });
};

import { defineTool } from "@holdfast/core/tool";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { begunCall, leaveLog } from "./left-log.ts";
import { dataOf, logOf, openRuntime, untilEvent } from "./stage.ts";

import type { JsonValue } from "@holdfast/core";
import type { ProbeContext, Tool, ToolDefinition } from "@holdfast/core/tool";

type Probe = NonNullable<ToolDefinition<unknown, string>["probe"]>;
interface Seen {
  readonly probed: { readonly effect: JsonValue; readonly ctx: ProbeContext }[];
  readonly ran: { readonly effect: JsonValue; readonly attempt: number; readonly effectKey: string }[];
}

/** A tool that looks in a given way, and what was asked of it. */
const probing = (probe: Probe): Seen & { readonly act: Tool } => {
  const seen: Seen = { probed: [], ran: [] };
  const act = defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    replay: "probe",
    prepare: () => ({ target: "another file" }),
    execute: (_input, { effect, attempt, effectKey }) => {
      seen.ran.push({ effect, attempt, effectKey });
      return "acted";
    },
    probe: (effect, ctx) => {
      seen.probed.push({ effect, ctx });
      return probe(effect, ctx);
    },
  });
  return { ...seen, act };
};

const model = () =>
  scriptedModel((prompt) =>
    toolResultsOfTurn(prompt).length > 0 || prompt.length > 1 ? [text("Done.")] : [toolCall("act", {})],
  );
const never = new Promise<never>(() => {});
const effect = { target: "a file" };

/** A session whose call had begun when its process was killed, or gave it up, taken over. */
const recover = async (
  probe: Probe,
  { owner = "gone", by = "resume" }: { readonly owner?: "gone" | "released"; readonly by?: "resume" | "prompt" } = {},
) => {
  const tool = probing(probe);
  await using left = await leaveLog({ owner, events: (drafts) => begunCall(drafts, tool.act, { effect }) });
  const { store, drafts } = left;
  await using holdfast = await openRuntime(store, {
    tools: [tool.act],
    model: model(),
    limits: { probeMs: 200 },
    asks: { policy: "deny" },
  });
  const { sessionId } = drafts;
  if (by === "resume") await holdfast.sessions.resume({ sessionId });
  else await holdfast.sessions.prompt({ sessionId, text: "Something else" });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  await expectSound(store, sessionId);
  const log = await logOf(holdfast, sessionId);
  const [receipt] = dataOf(log, "execution.recovered");
  const [settled] = dataOf(log, "tool.settled");
  return {
    ...tool,
    verdict: receipt?.calls[0]?.verdict,
    outcome: settled?.outcome,
    log,
    location: left.directory,
    drafts,
  };
};

describe("a begun call of a tool that can look", () => {
  it("is told the recorded effect, its key, its attempt and its Location, and is settled with the output that it found", async () => {
    const { verdict, outcome, probed, ran, location, drafts } = await recover(() => ({
      outcome: "happened",
      output: "found",
    }));
    expect({ verdict, outcome }).toMatchObject({
      verdict: "happened",
      outcome: { status: "completed", content: "found" },
    });
    expect(ran).toEqual([]);
    expect(probed).toMatchObject([
      {
        effect,
        ctx: { effectKey: drafts.callId, attempt: 1, callId: drafts.callId, location: { directory: location } },
      },
    ]);
    expect(probed[0]?.ctx.signal.aborted).toBe(true);
  });

  it("that did not happen runs again with the recorded effect and key, where its process is proven gone", async () => {
    const { verdict, outcome, ran, log, drafts } = await recover(() => ({ outcome: "not" }));
    expect({ verdict, outcome }).toMatchObject({
      verdict: "repeat",
      outcome: { status: "completed", content: "acted" },
    });
    expect(ran).toEqual([{ effect, attempt: 2, effectKey: drafts.callId }]);
    expect(dataOf(log, "tool.begun")).toMatchObject([
      { attempt: 1, effect },
      { attempt: 2, effect, replay: "probe" },
    ]);
  });

  it("that did not happen yet is unknown where its process may still be at work", async () => {
    const { verdict, outcome, ran } = await recover(() => ({ outcome: "not" }), { owner: "released" });
    expect({ verdict, outcome }).toMatchObject({ verdict: "unknown", outcome: { reason: "unknown-outcome" } });
    expect(ran).toEqual([]);
  });

  it("that happened is settled as that, also where its process may still be at work", async () => {
    const { verdict } = await recover(() => ({ outcome: "happened", output: "found" }), { owner: "released" });
    expect(verdict).toBe("happened");
  });

  it.each<[string, Probe, RegExp]>([
    [
      "saw a part of it",
      () => ({ outcome: "partial", detail: "Two of three files." }),
      /a part of it happened\. Two of three files\./,
    ],
    [
      "cannot tell",
      () => ({ outcome: "unknown", detail: "The network is down." }),
      /could not tell\. The network is down\./,
    ],
    ["throws", () => Promise.reject(new Error("no such host")), /could not look: no such host/],
    ["hangs", () => never, /could not look: it took longer than 200 ms/],
    ["answers nonsense", () => "yes" as never, /could not look/],
    ["says nothing", () => undefined as never, /could not look/],
    [
      "gives an output that is none of its own",
      () => ({ outcome: "happened", output: 7 as never }),
      /does not fit the tool's own schema/,
    ],
  ])("is unknown where its tool %s and nobody can be asked, and the model reads why", async (_what, probe, words) => {
    const { verdict, outcome, ran } = await recover(probe);
    expect({ verdict, outcome }).toMatchObject({ verdict: "unknown", outcome: { reason: "unknown-outcome" } });
    expect(outcome?.content).toMatch(words);
    expect(ran).toEqual([]);
  });

  it.each<[string, Probe, object]>([
    [
      "happened is settled as that",
      () => ({ outcome: "happened", output: "found" }),
      { verdict: "happened", outcome: { status: "completed" } },
    ],
    [
      "did not happen is cancelled, not run",
      () => ({ outcome: "not" }),
      { verdict: "cancelled", outcome: { reason: "cancelled" } },
    ],
    [
      "happened in part is unknown",
      () => ({ outcome: "partial" }),
      { verdict: "unknown", outcome: { reason: "unknown-outcome" } },
    ],
  ])("after a new prompt, what %s", async (_what, probe, expected) => {
    expect(await recover(probe, { by: "prompt" })).toMatchObject({ ...expected, ran: [] });
  });

  it("is looked at before the receipt is written, and an interruption meanwhile ends it unseen", async () => {
    const looking = Promise.withResolvers<void>();
    const tool = probing(() => {
      looking.resolve();
      return never;
    });
    await using left = await leaveLog({ events: (drafts) => begunCall(drafts, tool.act, { effect }) });
    const { store, drafts } = left;
    const { sessionId } = drafts;
    await using holdfast = await openRuntime(store, { tools: [tool.act], model: model() });
    await holdfast.sessions.resume({ sessionId });
    await looking.promise;
    expect(dataOf(await logOf(holdfast, sessionId), "execution.recovered")).toEqual([]);
    await holdfast.sessions.interrupt({ sessionId });
    await untilEvent(holdfast, sessionId, "execution.ended");
    const log = await logOf(holdfast, sessionId);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "unknown-outcome" } }]);
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "interrupted" }]);
    expect(tool.probed[0]?.ctx.signal.aborted).toBe(true);
  });
});

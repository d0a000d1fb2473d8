import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { begunCall, calledCall, definitionOf, leaveLog } from "./left-log.ts";
import { dataOf, logOf, openRuntime, setStage } from "./stage.ts";

import type { EventDraft } from "@holdfast/core/event";
import type { ReplayPolicy, Tool } from "@holdfast/core/tool";
import type { Drafts } from "@holdfast/testkit";

// Laws, "Replaying tools". What a probe finds is in probes.test.ts, and what a person says of it in effect-asks.test.ts.

const policies: readonly ReplayPolicy[] = ["never", "probe", "keyed", "safe"];
const effect = { target: "a file" };

interface Run {
  readonly effect: unknown;
  readonly attempt: number;
  readonly effectKey: string;
}

/** The tool of today, and what it was run with. A probe of it sees that nothing happened. */
const acting = (
  replay: ReplayPolicy,
  { description = "Has an effect.", runs = [] as Run[], input = z.object({}) } = {},
): Tool =>
  defineTool({
    name: "act",
    description,
    input,
    output: z.string(),
    replay,
    prepare: () => ({ target: "another file" }),
    execute: (_input, { effect: recorded, attempt, effectKey }) => {
      runs.push({ effect: recorded, attempt, effectKey });
      return "acted";
    },
    ...(replay === "probe" ? { probe: () => ({ outcome: "not" as const }) } : {}),
  });

/** A call of a safe tool that had not begun. */
const calledSafe = (drafts: Drafts) => [
  ...calledCall(drafts, acting("safe")),
  drafts.attemptEnded({ finish: "tool-calls" }),
];

/** The same tool with another description: another definition. */
const changed = (replay: ReplayPolicy): Tool => acting(replay, { description: "Does something else now." });

/** Given a log that was left in a call, when it is resumed with these tools of today: the verdict, and the log then. */
const resume = async (events: (drafts: Drafts) => readonly EventDraft[], tools: readonly Tool[]) => {
  await using left = await leaveLog({ events });
  const { store, drafts } = left;
  const { sessionId, callId } = drafts;
  await using holdfast = await openRuntime(store, { tools, model: [[text("Done.")]], asks: { policy: "deny" } });
  await holdfast.sessions.resume({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  await expectSound(store, sessionId);
  const log = await logOf(holdfast, sessionId);
  const [settled] = dataOf(log, "tool.settled");
  return { log, callId, verdict: dataOf(log, "execution.recovered")[0]?.calls[0]?.verdict, outcome: settled?.outcome };
};

it("tool.begun records the effect, its key, the replay policy, the definition, the plugin's version and the attempt", async () => {
  const act = acting("keyed");
  const plugin = definePlugin({ name: "acts", version: "1.2.3", setup: ({ tools }) => void tools.register(act) });
  const model = scriptedModel((prompt) =>
    toolResultsOfTurn(prompt).length > 0 ? [text("Done.")] : [toolCall("act", {})],
  );
  await using stage = await setStage({ plugins: [plugin], model });
  await stage.turn("Go");
  const log = await stage.log();
  expect(dataOf(log, "tool.begun")).toEqual([
    {
      callId: dataOf(log, "tool.called")[0]?.callId,
      attempt: 1,
      effect: { target: "another file" },
      effectKey: dataOf(log, "tool.called")[0]?.callId,
      replay: "keyed",
      definition: definitionOf(act),
      plugin: { name: "acts", version: "1.2.3" },
    },
  ]);
});

describe("recovery obeys the stricter of the recorded and today's policy", () => {
  const rank = { never: 0, probe: 1, keyed: 2, safe: 3 };
  const pairs = policies.flatMap((recorded) => policies.map((today) => ({ recorded, today })));
  it.each(pairs)("recorded $recorded, $today today", async ({ recorded, today }) => {
    const runs: Run[] = [];
    const stricter = rank[recorded] <= rank[today] ? recorded : today;
    const act = acting(today, { runs });
    const { verdict, log, callId } = await resume(
      (drafts) => begunCall(drafts, act, { effect, replay: recorded }),
      [act],
    );
    // Where the stricter one wants to look and today's tool cannot, nobody can tell.
    const canLook = today === "probe";
    const repeats = stricter === "keyed" || stricter === "safe" || (stricter === "probe" && canLook);
    expect(verdict).toBe(repeats ? "repeat" : "unknown");
    expect(runs).toEqual(repeats ? [{ effect, attempt: 2, effectKey: callId }] : []);
    expect(dataOf(log, "tool.begun").map(({ attempt }) => attempt)).toEqual(repeats ? [1, 2] : [1]);
  });
});

describe("another definition or a missing tool means", () => {
  it.each(policies)("unknown for a begun call of policy %s", async (replay) => {
    const events = (drafts: Drafts) => begunCall(drafts, acting(replay), { effect });
    expect(await resume(events, [changed(replay)])).toMatchObject({
      verdict: "unknown",
      outcome: { reason: "unknown-outcome" },
    });
    expect(await resume(events, [])).toMatchObject({ verdict: "unknown", outcome: { reason: "unknown-outcome" } });
  });

  it.each(policies)("stale for a call of policy %s that had not begun", async (replay) => {
    const events = (drafts: Drafts) => [
      ...calledCall(drafts, acting(replay)),
      drafts.attemptEnded({ finish: "tool-calls" }),
    ];
    expect(await resume(events, [changed(replay)])).toMatchObject({
      verdict: "stale",
      outcome: { reason: "stale-registration" },
    });
    expect(await resume(events, [])).toMatchObject({ verdict: "stale", outcome: { reason: "stale-registration" } });
  });
});

it.each(["safe", "keyed"] as const)(
  "unknown for a begun call of policy %s whose input does not fit the schema any more: nobody says that it was not run",
  async (replay) => {
    const runs: Run[] = [];
    const act = acting(replay);
    // What is told of the tool is the same.
    const picky = acting(replay, { runs, input: z.object({}).refine(() => false) });
    expect(definitionOf(picky)).toBe(definitionOf(act));
    const { verdict, outcome } = await resume((d) => begunCall(d, act, { effect }), [picky]);
    expect({ verdict, runs }).toEqual({ verdict: "repeat", runs: [] });
    expect(outcome).toMatchObject({ status: "stopped", reason: "unknown-outcome" });
    expect(outcome?.content).not.toContain("the call was not run");
  },
);

it("after a restart stale is judged by definition, not by registration: a call runs with the same tool defined anew, or under another policy", async () => {
  for (const today of policies) {
    const runs: Run[] = [];
    const { verdict, callId } = await resume(calledSafe, [acting(today, { runs })]);
    expect(verdict).toBe("run");
    expect(runs).toEqual([{ effect: { target: "another file" }, attempt: 1, effectKey: callId }]);
  }
});

it.each(["safe", "keyed"] as const)(
  "%s commits a new tool.begun, and only then repeats execute with the recorded effect and key",
  async (replay) => {
    const seen: { readonly begun: number; readonly run: Run }[] = [];
    await using left = await leaveLog({ events: (drafts) => begunCall(drafts, acting(replay), { effect }) });
    const { store, drafts } = left;
    const { sessionId, callId } = drafts;
    const act = defineTool({
      name: "act",
      description: "Has an effect.",
      input: z.object({}),
      output: z.string(),
      replay,
      prepare: () => ({ target: "another file" }),
      execute: async (_input, { effect: recorded, attempt, effectKey }) => {
        const begun = (await store.snapshot(sessionId))?.calls[0]?.begun ?? -1;
        seen.push({ begun, run: { effect: recorded, attempt, effectKey } });
        return "acted";
      },
    });
    await using holdfast = await openRuntime(store, { tools: [act], model: [[text("Done.")]] });
    await holdfast.sessions.resume({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(seen).toEqual([{ begun: 2, run: { effect, attempt: 2, effectKey: callId } }]);
  },
);

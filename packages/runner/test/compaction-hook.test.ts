import { definePlugin } from "@holdfast/core/plugin";
import { text } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { asksForSummary, lastText, noting, short } from "./compacting.ts";
import { dataOf, setStage } from "./stage.ts";

import type { CompactionPreparation, Plugin, TapOrder } from "@holdfast/core/plugin";
import type { Stage, StageOptions } from "./stage.ts";

const tapping = (
  name: string,
  tap: (given: CompactionPreparation) => CompactionPreparation | undefined,
  order?: TapOrder,
): Plugin =>
  definePlugin({
    name,
    setup: ({ hooks }) => hooks.compactionPreparing.tapPromise(async (given) => tap(given), order),
  });

/** A session with two turns, of which the first can be cut off. */
const filled = async (options: StageOptions): Promise<Stage> => {
  const stage = await setStage({ compaction: { auto: false }, contextTokens: 32_000, ...options });
  for (let turn = 1; turn <= 2; turn++) await stage.turn(`Turn ${turn}: ${"word ".repeat(4_000)}`);
  return stage;
};

const compacted = async ({ holdfast: { sessions }, sessionId }: Stage, instructions?: string): Promise<void> => {
  const { cursor } = await sessions.compact({ sessionId, instructions });
  await sessions.wait({ sessionId, after: cursor });
};

it("shows plugins what is summarised and why, has it heed what they add beside what a person asked for, and tells what they keep word for word", async () => {
  const seen: CompactionPreparation[] = [];
  const { model, prompts, summaries } = noting(short);
  const plugins = [
    // What it leaves out stays: only additions count.
    tapping("tickets", (given) => ({ ...given, instructions: ["Name the tickets."], keep: ["HF-17 is open."] })),
    tapping("looker", (given) => void seen.push(given), { stage: -1 }),
  ];
  await using stage = await filled({ model, plugins });
  await compacted(stage, "Keep the names.");
  await stage.turn("And now?");
  expect(seen).toMatchObject([
    { agent: "default", reason: "requested", messages: [{ role: "user" }, { role: "assistant" }], keep: [] },
  ]);
  expect(seen[0]?.instructions).toEqual(["Keep the names."]);
  expect(summaries.map(lastText)).toEqual([expect.stringContaining("Keep the names.\nName the tickets.")]);
  expect(dataOf(await stage.log(), "compaction.ended").map(({ summary }) => summary)).toEqual([
    "## Goal\nNotes, version 1\n\n<kept>\nHF-17 is open.\n</kept>",
  ]);
  expect(JSON.stringify(prompts.at(-1))).toContain("HF-17 is open.");
});

it("keeps a text until the next compaction: who keeps it says so again, and it stands there once", async () => {
  const kept = ["One."];
  const { model, summaries } = noting(short);
  await using stage = await filled({ model, plugins: [tapping("keeper", (given) => ({ ...given, keep: kept }))] });
  await compacted(stage);
  kept[0] = "Two.";
  await stage.turn(`Turn 3: ${"word ".repeat(4_000)}`);
  await compacted(stage);
  expect(lastText(summaries[1] ?? [])).toContain("Notes, version 1");
  expect(lastText(summaries[1] ?? [])).not.toContain("One.");
  expect(dataOf(await stage.log(), "compaction.ended").map(({ summary }) => summary)).toEqual([
    "## Goal\nNotes, version 1\n\n<kept>\nOne.\n</kept>",
    "## Goal\nNotes, version 2\n\n<kept>\nTwo.\n</kept>",
  ]);
});

it("holds a summary to its bound with what plugins keep in it, and what they ask for to a part of its request", async () => {
  const more = Array.from({ length: 20 }, (_, index) =>
    tapping(`more-${index}`, (given) => ({
      ...given,
      instructions: [`${index} ${"i".repeat(3_990)}`],
      keep: [`${index} ${"k".repeat(3_990)}`],
    })),
  );
  const { model, summaries } = noting((prompt) =>
    asksForSummary(prompt) ? [text("s".repeat(100_000))] : short(prompt),
  );
  await using stage = await filled({ model, plugins: more });
  await compacted(stage);
  const [ended] = dataOf(await stage.log(), "compaction.ended");
  // An eighth of the window, at four characters a token, and the word that says that it was cut.
  expect(ended?.summary.length).toBeLessThanOrEqual(4_000 * 4 + 10);
  expect(ended?.summary.endsWith("</kept>")).toBe(true);
  expect(JSON.stringify(summaries[0]).length).toBeLessThan(24_000 * 4);
});

it("takes no more than 4,000 characters from one tap, and goes on without it", async () => {
  const { model } = noting(short);
  const plugins = [tapping("greedy", (given) => ({ ...given, keep: ["k".repeat(4_001)] }))];
  await using stage = await filled({ model, plugins });
  await compacted(stage);
  expect(dataOf(await stage.log(), "compaction.ended").map(({ summary }) => summary)).toEqual([
    "## Goal\nNotes, version 1",
  ]);
  const [open] = await stage.holdfast.locations.list();
  expect(open?.taps).toMatchObject([{ plugin: "greedy", hook: "compactionPreparing", failures: 1 }]);
});

it("is a request like others to taps of requestPreparing: what they take out of it no model sees, and its hash as changed is recorded", async () => {
  const { model, prompts, summaries } = noting(short);
  const redactor = definePlugin({
    name: "redactor",
    setup: ({ hooks }) =>
      hooks.requestPreparing.tapPromise(async (given) => ({
        ...given,
        messages: JSON.parse(JSON.stringify(given.messages).replaceAll("hunter2", "[secret]")) as typeof given.messages,
      })),
  });
  await using stage = await setStage({
    model,
    plugins: [redactor],
    compaction: { auto: false },
    contextTokens: 32_000,
  });
  for (let turn = 1; turn <= 2; turn++) await stage.turn(`My password is hunter2. ${"word ".repeat(4_000)}`);
  await compacted(stage);
  expect(summaries).toHaveLength(1);
  expect(JSON.stringify(summaries)).toContain("My password is [secret]");
  expect(JSON.stringify([...prompts, ...summaries])).not.toContain("hunter2");
  expect(dataOf(await stage.log(), "compaction.started")).toMatchObject([
    { requestHash: expect.stringMatching(/^[0-9a-f]{64}$/), hookedHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
});

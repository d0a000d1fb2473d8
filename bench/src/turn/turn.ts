import { join } from "node:path";

import { cpuMsOf, paired, within } from "../bench.ts";
import { fileBytes } from "../file-bytes.ts";
import { makeScratch } from "../scratch.ts";
import { openHoldfast } from "./holdfast-turn.ts";
import { meteredModel } from "./metered-model.ts";
import { tappingPlugins } from "./tapping-plugins.ts";
import { openStreamText } from "./stream-text-turn.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { Bench, Figure } from "../bench.ts";
import type { Player } from "./holdfast-turn.ts";

type Synchronous = "normal" | "full";

const rounds = 5;
/** Rounds of each that go before the first figure. */
const warmUps = 5;
/** Plugins that tap every hook. */
const tapping = 5;
/** Turns that are measured, around the one that a figure names. */
const measured = 50;
const early = 100;
const late = 1_000;

/** CPU time of the whole process for a turn, in milliseconds, around some turn of one conversation. `apart` is taken off. */
const cpuAround = async (player: Player, at: number, apart: () => number = () => 0): Promise<number> => {
  const from = at - measured / 2;
  for (let turn = 0; turn < from; turn++) await player.turn(turn);
  const before = apart();
  const total = await cpuMsOf(async () => {
    for (let turn = from; turn < from + measured; turn++) await player.turn(turn);
  });
  return (total - (apart() - before)) / measured;
};

const cpuOfHoldfast = async (synchronous: Synchronous, plugins: readonly Plugin[] = []): Promise<number> => {
  await using scratch = await makeScratch();
  await using player = await openHoldfast({ path: join(scratch.directory, "sessions.db"), synchronous, plugins });
  return await cpuAround(player, early);
};

const cpuWithoutProvider = async (at: number): Promise<number> => {
  await using scratch = await makeScratch();
  const { model, cpuMs } = meteredModel();
  const path = join(scratch.directory, "sessions.db");
  await using player = await openHoldfast({ path, synchronous: "normal", model });
  return await cpuAround(player, at, cpuMs);
};

const cpuOfStreamText = async (): Promise<number> => {
  await using player = openStreamText();
  return await cpuAround(player, early);
};

const againstStreamText = (synchronous: Synchronous, atMost: number): Promise<Figure> =>
  paired({
    bench: "turn",
    metric: `one turn at turn ${early}, ${synchronous.toUpperCase()}, against streamText that stores nothing`,
    unit: "ms CPU",
    rounds,
    bound: { atMost },
    ours: () => cpuOfHoldfast(synchronous),
    floor: cpuOfStreamText,
  });

const againstNoPlugins = (): Promise<Figure> =>
  paired({
    bench: "turn",
    metric: `one turn at turn ${early}, NORMAL, with ${tapping} plugins that tap every hook, against one without`,
    unit: "ms CPU",
    rounds,
    bound: { atMost: 1.15 },
    ours: () => cpuOfHoldfast("normal", tappingPlugins(tapping)),
    floor: () => cpuOfHoldfast("normal"),
  });

const againstTurnHundred = (): Promise<Figure> =>
  paired({
    bench: "turn",
    metric: `one turn at turn ${late.toLocaleString("en")} against turn ${early}, without the provider`,
    unit: "ms CPU",
    rounds: 3,
    bound: { atMost: 1.2 },
    ours: () => cpuWithoutProvider(late),
    floor: () => cpuWithoutProvider(early),
  });

const bytesStored = (): Promise<Figure> =>
  within({
    bench: "turn",
    metric: `bytes stored a turn, around turn ${late.toLocaleString("en")}`,
    unit: "B",
    rounds: 1,
    atMost: 10_000,
    measure: async () => {
      await using scratch = await makeScratch();
      const path = join(scratch.directory, "sessions.db");
      await using player = await openHoldfast({ path, synchronous: "normal" });
      const from = late - early;
      for (let turn = 0; turn < from; turn++) await player.turn(turn);
      const before = fileBytes(path);
      for (let turn = from; turn < late; turn++) await player.turn(turn);
      return (fileBytes(path) - before) / early;
    },
  });

const againstLangGraph = async (): Promise<Figure> => {
  // Here, so that no other benchmark loads it.
  const { openLangGraph } = await import("./langgraph-turn.ts");
  return paired({
    bench: "turn",
    metric: `one turn at turn ${early}, NORMAL, against LangGraph with its SQLite checkpointer`,
    unit: "ms CPU",
    rounds: 3,
    bound: { atMost: 1 },
    ours: () => cpuOfHoldfast("normal"),
    floor: async () => {
      await using scratch = await makeScratch();
      await using player = openLangGraph(join(scratch.directory, "threads.db"));
      return await cpuAround(player, early);
    },
  });
};

/** One turn, in CPU time of the whole process: against the same turn elsewhere, and against itself as its history grows. */
export const turn: Bench = {
  name: "turn",
  run: async () => {
    // A host runs for days: both are compiled before the first figure, as both are for the later ones.
    for (let round = 0; round < warmUps; round++) {
      await cpuOfHoldfast("normal");
      await cpuOfStreamText();
    }
    return [
      await againstStreamText("normal", 0.5),
      await againstStreamText("full", 0.8),
      await againstNoPlugins(),
      await againstTurnHundred(),
      await bytesStored(),
      await againstLangGraph(),
    ];
  },
};

import { join } from "node:path";

import { cpuMsOf, paired } from "../bench.ts";
import { makeScratch } from "../scratch.ts";
import { openHoldfast } from "./holdfast-turn.ts";
import { openStreamText } from "./stream-text-turn.ts";

import type { Bench } from "../bench.ts";
import type { Player } from "./holdfast-turn.ts";

const rounds = 5;
/** Turns that go before, so that both play at turn 100, and turns that are measured. */
const before = 75;
const measured = 50;

const cpuOfTurns = async (player: Player): Promise<number> => {
  for (let turn = 0; turn < before; turn++) await player.turn(turn);
  const total = await cpuMsOf(async () => {
    for (let turn = before; turn < before + measured; turn++) await player.turn(turn);
  });
  return total / measured;
};

/** One turn around turn 100 against bare `streamText` that stores nothing, in CPU time of the whole process. */
export const turn: Bench = {
  name: "turn",
  run: async () => {
    const figures = [];
    for (const synchronous of ["normal", "full"] as const) {
      figures.push(
        await paired({
          bench: "turn",
          metric: `one turn at turn 100, ${synchronous.toUpperCase()}`,
          unit: "ms CPU",
          rounds,
          bound: { atMost: synchronous === "normal" ? 0.5 : 0.8 },
          ours: async () => {
            await using scratch = await makeScratch();
            await using player = await openHoldfast({ path: join(scratch.directory, "sessions.db"), synchronous });
            return await cpuOfTurns(player);
          },
          floor: async () => {
            await using player = openStreamText();
            return await cpuOfTurns(player);
          },
        }),
      );
    }
    return figures;
  },
};

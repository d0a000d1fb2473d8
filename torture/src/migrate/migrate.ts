import { createRandom } from "@holdfast/testkit";

import { openAtOnce } from "./crowd.ts";
import { killAt, placesFrom } from "./killed-opener.ts";

import type { Outcome, Torture } from "../torture.ts";
import type { CrowdResult } from "./crowd.ts";
import type { Place } from "./killed-opener.ts";

const processes = 20;
const atOnce = 4;

/** Many processes open an old file at once, and one dies at every place of every migration. */
export const migrate: Torture = {
  name: "migrate",
  proves:
    "20 processes open a version-1 file at once and one migrates; a kill at any statement leaves the old or the new version",
  run: async ({ full, seed }): Promise<Outcome> => {
    const rounds = full ? 10 : 1;
    const upgrades = await placesFrom(1);
    // A new file holds nothing yet that could be lost: in a short run, one statement in four of those that make it.
    const places = [...(await placesFrom(0)).filter((_, index) => full || index % 4 === 0), ...upgrades];
    const broken: string[] = [];
    const calm = await runCrowds(rounds, () => Array.from({ length: processes }, () => ""));
    for (const { migrated, worked } of calm) {
      if (migrated !== 1) broken.push(`expected one process to migrate, found ${migrated}`);
      if (worked !== processes) broken.push(`expected ${processes} processes to work, found ${worked}`);
    }
    // Each of them dies if it is the one that migrates, and the next one takes it up; some have nothing to die of.
    const random = createRandom(seed);
    const faultByChance = (_: unknown, index: number) => {
      const { point } = upgrades[Math.floor(random() * upgrades.length)] ?? { point: "" };
      return index % 4 === 3 || point === "" ? "" : `${point}=kill`;
    };
    const wild = await runCrowds(rounds, () => Array.from({ length: processes }, faultByChance));
    broken.push(...[...calm, ...wild].flatMap((crowd) => crowd.broken));
    broken.push(...(await killAtEach(places)));
    return {
      done: {
        rounds: rounds * 2,
        "processes at once": processes,
        opened: sum([...calm, ...wild], ({ worked }) => worked),
        "killed in the crowd": sum(wild, ({ killed }) => killed),
        "places of migrations": places.length,
        kills: places.length,
      },
      broken,
    };
  },
};

const runCrowds = async (rounds: number, faults: () => readonly string[]): Promise<readonly CrowdResult[]> => {
  const results: CrowdResult[] = [];
  for (let round = 0; round < rounds; round++) results.push(await openAtOnce(faults()));
  return results;
};

const killAtEach = async (places: readonly Place[]): Promise<readonly string[]> => {
  const broken: string[] = [];
  const left = [...places];
  const lane = async (): Promise<void> => {
    for (let place = left.shift(); place !== undefined; place = left.shift()) {
      const { point } = place;
      broken.push(...(await killAt(place)).map((sentence) => `${point}: ${sentence}`));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return broken;
};

const sum = (crowds: readonly CrowdResult[], of: (crowd: CrowdResult) => number): number =>
  crowds.reduce((total, crowd) => total + of(crowd), 0);

import { createRandom } from "@holdfast/testkit";

import { openAtOnce } from "./crowd.ts";
import { killAt, placesFrom } from "./killed-opener.ts";

import type { Outcome, Torture } from "../torture.ts";
import type { CrowdResult } from "./crowd.ts";
import type { Place } from "./killed-opener.ts";
import type { OldVersion } from "./old-file.ts";

const processes = 20;
const atOnce = 4;

/** Many processes open an old file at once, and one dies at every place of every migration. */
export const migrate: Torture = {
  name: "migrate",
  proves:
    "20 processes open a file of version 1 or 2 at once and one migrates; a kill at any statement leaves the old or the new version",
  run: async ({ full, seed }): Promise<Outcome> => {
    const rounds = full ? 10 : 1;
    // From version 1 on lead all migrations; a file of version 2 has what version 1 did not know.
    const upgrades = { 1: await placesFrom(1), 2: await placesFrom(2) };
    // A new file holds nothing yet that could be lost: in a short run, one statement in four of those that make it; and of a file of
    // version 1, only those that lead to version 2.
    const made = (await placesFrom(0)).filter((_, index) => full || index % 4 === 0);
    const places = [...made, ...upgrades[1].filter(({ point }) => full || point.includes(":2:")), ...upgrades[2]];
    const broken: string[] = [];
    const calm = await runCrowds(rounds, () => "");
    for (const { migrated, worked } of calm) {
      if (migrated !== 1) broken.push(`expected one process to migrate, found ${migrated}`);
      if (worked !== processes) broken.push(`expected ${processes} processes to work, found ${worked}`);
    }
    // Each of them dies if it is the one that migrates, and the next one takes it up; some have nothing to die of.
    const random = createRandom(seed);
    const faultByChance = (version: OldVersion, index: number) => {
      const { point } = upgrades[version][Math.floor(random() * upgrades[version].length)] ?? { point: "" };
      return index % 4 === 3 || point === "" ? "" : `${point}=kill`;
    };
    const wild = await runCrowds(rounds, faultByChance);
    broken.push(...[...calm, ...wild].flatMap((crowd) => crowd.broken));
    broken.push(...(await killAtEach(places)));
    return {
      done: {
        rounds: calm.length + wild.length,
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

const runCrowds = async (
  rounds: number,
  faultOf: (version: OldVersion, index: number) => string,
): Promise<readonly CrowdResult[]> => {
  const results: CrowdResult[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const version of [1, 2] as const) {
      const faults = Array.from({ length: processes }, (_, index) => faultOf(version, index));
      results.push(await openAtOnce(version, faults));
    }
  }
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

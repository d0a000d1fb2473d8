import { join } from "node:path";

import Database from "better-sqlite3";

import { median, tidy } from "../bench.ts";
import { fileBytes } from "../file-bytes.ts";
import { makeScratch } from "../scratch.ts";
import { openHoldfast } from "../turn/holdfast-turn.ts";
import { timedCommits } from "./timed-commits.ts";

import type { Figure } from "../bench.ts";
import type { Player } from "../turn/holdfast-turn.ts";
import type { CommitTimes } from "./timed-commits.ts";

const turns = 1_000;
/** Windows of turns: one from turn 10 on, and one that ends with the last. */
const early = { from: 10, until: 110 };
const late = { from: turns - 100, until: turns };
const rounds = 3;
const turnsOfRound = 60;

/** What a file holds at some turn, in bytes. */
interface Size {
  readonly disk: number;
  /** The data of its events: what a reader of the log is given, without envelopes. */
  readonly data: number;
}

/** What 1,000 turns of one session leave on the disk, and how long the commits of the last ones take. */
export const measureSession = async (): Promise<readonly Figure[]> => {
  await using scratch = await makeScratch();
  const path = join(scratch.directory, "long.db");
  const times: CommitTimes = [];
  await using long = await openHoldfast({ path, synchronous: "normal", watching: timedCommits(times) });
  const sizes = new Map<number, Size>();
  for (let turn = 0; turn <= turns; turn++) {
    if ([0, early.from, early.until, late.from, turns].includes(turn)) sizes.set(turn, sizeOf(path));
    if (turn < turns) await long.turn(turn);
  }
  const perTurn = (from: number, until: number, of: keyof Size) =>
    ((sizes.get(until)?.[of] ?? 0) - (sizes.get(from)?.[of] ?? 0)) / (until - from);
  const shared = { bench: "growth", spread: 0 };
  const disk = perTurn(0, turns, "disk");
  const lateDisk = perTurn(late.from, late.until, "disk");
  return [
    {
      ...shared,
      metric: `bytes on disk a turn, ${turns.toLocaleString("en")} turns, against their events' data`,
      unit: "B",
      ...against({ value: disk, floor: perTurn(0, turns, "data"), atMost: 2.2 }),
    },
    {
      ...shared,
      metric: `bytes on disk a turn, around turn ${turns.toLocaleString("en")} against turn 10`,
      unit: "B",
      ...against({ value: lateDisk, floor: perTurn(early.from, early.until, "disk"), atMost: 1.05 }),
    },
    {
      ...shared,
      metric: "bytes on disk a turn",
      unit: "B",
      ...against({ value: Math.max(disk, lateDisk), floor: 10_000, atMost: 1 }),
    },
    await compareCommits(long, times),
  ];
};

/** Turn by turn in one session that is long and one that is short, so that whatever slows the machine slows both. */
const compareCommits = async (long: Player, longTimes: CommitTimes): Promise<Figure> => {
  const found: { readonly value: number; readonly floor: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    await using scratch = await makeScratch();
    const shortTimes: CommitTimes = [];
    const path = join(scratch.directory, "short.db");
    await using short = await openHoldfast({ path, synchronous: "normal", watching: timedCommits(shortTimes) });
    for (let turn = 0; turn < early.from; turn++) await short.turn(turn);
    longTimes.length = 0;
    shortTimes.length = 0;
    for (let turn = 0; turn < turnsOfRound; turn++) {
      await long.turn(turns + round * turnsOfRound + turn);
      await short.turn(early.from + turn);
    }
    // The first round only warms up.
    if (round > 0) found.push({ value: median(longTimes), floor: median(shortTimes) });
  }
  const value = median(found.map((one) => one.value));
  const ratio = median(found.map((one) => one.value / one.floor));
  const values = found.map((one) => one.value);
  return {
    bench: "growth",
    metric: `a commit after ${turns.toLocaleString("en")} turns against one after 10`,
    unit: "µs",
    value: tidy(value),
    floor: tidy(median(found.map((one) => one.floor))),
    ratio: tidy(ratio),
    bound: "<= 1.15",
    ok: ratio <= 1.15,
    spread: Math.round(((Math.max(...values) - Math.min(...values)) / value) * 100),
  };
};

const against = ({
  value,
  floor,
  atMost,
}: {
  readonly value: number;
  readonly floor: number;
  readonly atMost: number;
}) => ({
  value: tidy(value),
  floor: tidy(floor),
  ratio: tidy(value / floor),
  bound: `<= ${atMost}`,
  ok: value / floor <= atMost,
});

const sizeOf = (path: string): Size => {
  const database = new Database(path, { readonly: true });
  try {
    const data = database.prepare("select coalesce(sum(octet_length(data)), 0) from event").pluck().get() as number;
    return { disk: fileBytes(path), data };
  } finally {
    database.close();
  }
};

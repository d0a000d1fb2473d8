import { createRandom } from "@holdfast/testkit";

import { makeScratch } from "../scratch.ts";
import { judge } from "./judge.ts";
import { anywhere, Pair } from "./pair.ts";
import { places } from "./plot.ts";

import type { Outcome, Torture } from "../torture.ts";
import type { Taking, Verdict } from "./judge.ts";
import type { Awakening, Report, Round } from "./pair.ts";

/** Pairs of processes that play at once: a round is mostly waiting for a claim to expire. */
const pairs = 3;
const sessionsPerRound = 4;
const awakenings: readonly Awakening[] = ["finished", "taken", "about to be taken"];
const names = [...Object.keys(places), anywhere];

/** What was counted over all rounds. */
type Counts = Record<Exclude<keyof Verdict, "broken"> | "takings" | "said", number>;

/** An owner is stopped by the system, loses its sessions to another process, and goes on. */
export const stale: Torture = {
  name: "stale",
  proves:
    "a stale owner that wakes up again commits nothing that only an owner may; what it had begun is unknown, and never not happened",
  run: async ({ full, seed }): Promise<Outcome> => {
    // The short form comes to each place once.
    const rounds = full ? 200 : names.length;
    const counts: Counts = { takings: 0, said: 0, begun: 0, repeated: 0, unknown: 0, happened: 0 };
    const played = await Promise.all(
      Array.from({ length: pairs }, (_, pair) => playRounds({ pair, rounds, seed }, counts)),
    );
    const broken = played.flat();
    if (counts.begun === 0)
      broken.push("no call was lost after it had begun: the torture did not reach what it is about");
    return {
      done: {
        rounds,
        sessions: rounds * (sessionsPerRound + 1),
        "take-overs": counts.takings,
        "sessions that their former owner said it had lost": counts.said,
        "calls begun by a former owner": counts.begun,
        "repeated, which they may be": counts.repeated,
        "recorded as unknown": counts.unknown,
        "of these, effect happened": counts.happened,
      },
      broken,
    };
  },
};

interface Chance {
  readonly random: () => number;
  /** With which place the rounds begin, so that few of them come to all places in time. */
  readonly offset: number;
}

const playRounds = async (
  { pair: number, rounds, seed }: { readonly pair: number; readonly rounds: number; readonly seed: number },
  counts: Counts,
): Promise<readonly string[]> => {
  await using scratch = await makeScratch();
  await using pair = await Pair.open(scratch.store, scratch.directory);
  const chance = { random: createRandom(seed + number), offset: seed % names.length };
  const broken: string[] = [];
  for (let index = number; index < rounds; index += pairs) {
    const round = roundOf(index, chance);
    const taken = pair.takings.length;
    const report = await pair.play(round);
    const about = `round ${index}, stopped at "${round.place}" and woken when ${round.awakening}`;
    const sessions = [...round.sessions, `${round.sessions[0]}Later`];
    const takings = pair.takings.slice(taken);
    for (const sessionId of sessions) {
      const place = { directory: scratch.directory, sessionId };
      const verdict = await judge(
        pair.store,
        place,
        takings.filter((taking) => taking.sessionId === sessionId),
      );
      broken.push(...verdict.broken.map((sentence) => `${about}: ${sentence}`));
      for (const what of ["begun", "repeated", "unknown", "happened"] as const) counts[what] += verdict[what];
    }
    broken.push(...complaintsOf(report, takings).map((sentence) => `${about}: ${sentence}`));
    counts.takings += takings.length;
    counts.said += report.lost.length;
  }
  return [...broken, ...(await pair.end())];
};

const roundOf = (index: number, { random, offset }: Chance): Round => {
  const place = names[(index + offset) % names.length] ?? anywhere;
  return {
    sessions: Array.from({ length: sessionsPerRound }, (_, session) => `ses_r${index}s${session}`),
    place,
    time: 1 + Math.floor(random() * (places[place] ?? 1) * sessionsPerRound),
    awakening: awakenings[Math.floor(index / names.length + index) % awakenings.length] ?? "finished",
    chance: random(),
  };
};

const complaintsOf = ({ statuses, lost }: Report, takings: readonly Taking[]): readonly string[] => {
  const silent = takings.filter(({ sessionId, by }) => by === "taker" && !lost.includes(sessionId));
  return [
    ...(statuses.some((status) => status !== "completed")
      ? [`expected every session to be completed, found ${statuses.join(", ")}`]
      : []),
    ...silent.map(({ sessionId }) => `its former owner never said that it had lost ${sessionId}`),
  ];
};

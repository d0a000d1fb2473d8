import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";

import type { Outcome, Torture } from "../torture.ts";
import type { RoundReport } from "./host.ts";

const host = new URL("host.ts", import.meta.url);
const mebibyte = 1024 * 1024;
/** What the heap may grow from the second round to the last: a leak would be a multiple of the sessions that came and went. */
const allowed = mebibyte;

/** Many sessions at once in one process, with a quick model and tools. */
export const crowd: Torture = {
  name: "crowd",
  proves: "many sessions at once in one process all finish, and leave nothing behind in its heap",
  run: async ({ full }): Promise<Outcome> => {
    const sessions = full ? 200 : 60;
    const rounds = full ? 5 : 3;
    await using scratch = await makeScratch();
    const { directory, store } = scratch;
    await using child = startChild(host, { directory, store, sessions, rounds }, { flags: ["--expose-gc"] });
    const reports: RoundReport[] = [];
    for (let round = 0; round < rounds; round++) reports.push((await child.next()) as unknown as RoundReport);
    const { code } = await child.ended;
    const broken = reports.flatMap(({ unfinished }, round) =>
      unfinished.length === 0 ? [] : [`round ${round + 1}: ${unfinished.length} sessions came to ${unfinished[0]}`],
    );
    if (code !== 0) broken.push(`its process ended with ${code}`);
    const grown = (reports.at(-1)?.heap ?? Infinity) - (reports[1]?.heap ?? 0);
    if (grown > allowed) broken.push(`the heap grew by ${grown} bytes from round 2 on, of ${allowed} that may be`);
    const each = (figure: (report: RoundReport) => number, digits = 0): string =>
      reports.map((report) => figure(report).toFixed(digits)).join(", ");
    return {
      done: {
        sessions,
        rounds,
        "turns a second, by round": each(({ turns, tookMs }) => (turns * 1_000) / tookMs),
        "event loop's delay, p99 by round (ms)": each(({ p99Ms }) => p99Ms),
        "event loop's delay, longest by round (ms)": each(({ longestMs }) => longestMs),
        "heap after collection, by round (MiB)": each(({ heap }) => heap / mebibyte, 2),
        "heap may grow from round 2 on (MiB)": (allowed / mebibyte).toFixed(1),
      },
      broken,
    };
  },
};

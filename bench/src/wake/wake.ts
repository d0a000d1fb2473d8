import { within } from "../bench.ts";
import { measureOtherProcess } from "./other-process.ts";
import { measureSameProcess } from "./same-process.ts";

import type { Bench } from "../bench.ts";

const rounds = 3;
const manyReaders = 50;

/** From a commit to a reader of the tail, in the same process and in another. */
export const wake: Bench = {
  name: "wake",
  run: async () => [
    await within({
      bench: "wake",
      metric: "commit to tail, same process, one tail",
      unit: "µs",
      rounds,
      atMost: 5,
      measure: () => measureSameProcess(1),
    }),
    await within({
      bench: "wake",
      metric: `commit to tail, same process, ${manyReaders} tails`,
      unit: "µs",
      rounds,
      atMost: 25,
      measure: () => measureSameProcess(manyReaders),
    }),
    await within({
      bench: "wake",
      metric: "commit to tail, another process",
      unit: "ms",
      rounds,
      atMost: 100,
      measure: measureOtherProcess,
    }),
  ],
};

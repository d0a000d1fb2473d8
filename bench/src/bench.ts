/** One figure of a benchmark, against its floor of the same run. */
export interface Figure {
  readonly bench: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly floor: number;
  readonly ratio: number;
  /** The ratio that is promised, and which side of it is good. */
  readonly bound: string;
  readonly ok: boolean;
  /** Slowest round against the fastest, in percent of the median. */
  readonly spread: number;
}

/** One benchmark, under the name by which it is run. */
export interface Bench {
  readonly name: string;
  run(): Promise<readonly Figure[]>;
}

/** What one figure is made of: a round of ours and a round of the floor, again and again. */
export interface Paired {
  readonly bench: string;
  readonly metric: string;
  readonly unit: string;
  readonly rounds: number;
  readonly bound: { readonly atLeast: number } | { readonly atMost: number };
  readonly ours: () => Promise<number>;
  readonly floor: () => Promise<number>;
}

/** Runs A B A B …, after one round of each that only warms up, and takes medians; the ratio is the median of the paired ratios. */
export const paired = async ({ bench, metric, unit, rounds, bound, ours, floor }: Paired): Promise<Figure> => {
  await ours();
  await floor();
  const values: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    values.push(await ours());
    floors.push(await floor());
  }
  const ratio = median(values.map((value, round) => value / (floors[round] ?? 1)));
  const value = median(values);
  const isOk = "atLeast" in bound ? ratio >= bound.atLeast : ratio <= bound.atMost;
  return {
    bench,
    metric,
    value: tidy(value),
    unit,
    floor: tidy(median(floors)),
    ratio: tidy(ratio),
    bound: "atLeast" in bound ? `>= ${bound.atLeast}` : `<= ${bound.atMost}`,
    ok: isOk,
    spread: Math.round(((Math.max(...values) - Math.min(...values)) / value) * 100),
  };
};

/** What a figure with a promise of its own is made of: no floor is measured, the bound is the floor. */
export interface Within {
  readonly bench: string;
  readonly metric: string;
  readonly unit: string;
  readonly rounds: number;
  /** What is promised, in the figure's unit. */
  readonly atMost: number;
  readonly measure: () => Promise<number>;
}

/** Runs a measure again and again and takes the median; the ratio is to what is promised. */
export const within = async ({ bench, metric, unit, rounds, atMost, measure }: Within): Promise<Figure> => {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) values.push(await measure());
  const value = median(values);
  return {
    bench,
    metric,
    value: tidy(value),
    unit,
    floor: atMost,
    ratio: tidy(value / atMost),
    bound: "<= 1",
    ok: value <= atMost,
    spread: Math.round(((Math.max(...values) - Math.min(...values)) / value) * 100),
  };
};

/** Middle of some numbers. */
export const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;

/** A figure as it is printed. */
export const tidy = (value: number): number => Number(value.toPrecision(4));

/** CPU time of this process that some work takes, in milliseconds. */
export const cpuMsOf = async (work: () => Promise<void>): Promise<number> => {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

/** What a torture did, and what it broke. */
export interface Outcome {
  /** What was done and measured, in the order in which it is printed. */
  readonly done: Readonly<Record<string, string | number>>;
  /** What was lost, repeated or broken: a sentence for each. Empty where every promise held. */
  readonly broken: readonly string[];
}

/** How hard to try. */
export interface TortureOptions {
  /** Long rounds, for a machine with time; short ones are for every change. */
  readonly full: boolean;
  /** Printed, so that a run can be made again. */
  readonly seed: number;
}

/** One torture, under the name by which it is run. */
export interface Torture {
  readonly name: string;
  /** What it proves, in a sentence. */
  readonly proves: string;
  run(options: TortureOptions): Promise<Outcome>;
}

/** Middle of some numbers; 0 for none. */
export const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;

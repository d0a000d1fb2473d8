import { format } from "node:util";

/** One fact that the suite asks of a store, as plain data: it can be registered with vitest, listed, or run by itself. */
export interface StoreCase {
  /** Which law it proves, such as `5 fenced`; null for what the contract says of a method beside its laws. */
  readonly law: string | null;
  readonly title: string;
  /** Why it is not run; absent where it is. */
  readonly notRun?: string;
  /** How long it may take. Default: the runner's. */
  readonly timeoutMs?: number;
  readonly run: () => Promise<void>;
}

type Awaitable = Promise<void> | void;
type Register<TArguments extends readonly unknown[]> = (
  title: string,
  test: (...args: TArguments) => Awaitable,
  timeoutMs?: number,
) => void;

interface Each {
  <TCase extends unknown[] | [unknown]>(cases: readonly TCase[]): Register<TCase>;
  <TCase extends readonly unknown[]>(cases: readonly TCase[]): Register<TCase>;
  <TCase>(cases: readonly TCase[]): Register<[TCase]>;
}

/** Of the suite that is being collected; like vitest's own, so that each part of it reads as any test file does. */
let collected: StoreCase[] | undefined;

/** The cases that a function adds by `it`. */
export const collectCases = (add: () => void): readonly StoreCase[] => {
  const outer = collected;
  const cases: StoreCase[] = [];
  collected = cases;
  try {
    add();
  } finally {
    collected = outer;
  }
  return cases;
};

/** Keeps facts of one subject together. The titles' laws group them for readers. */
export const describe = (_name: string, add: () => void): void => add();

const addCase = (title: string, rest: Pick<StoreCase, "run" | "notRun" | "timeoutMs">): void => {
  if (collected === undefined) throw new TypeError(`expected "${title}" inside of collectCases, found it outside`);
  const [, law = null, fact = title] = /^law (\d+ [^:]+): (.*)$/s.exec(title) ?? [];
  collected.push({ law, title: fact, ...rest });
};

const addTest: Register<[]> = (title, test, timeoutMs) => {
  const run = async () => test();
  addCase(title, timeoutMs === undefined ? { run } : { run, timeoutMs });
};

const each =
  (cases: readonly unknown[]) =>
  (title: string, test: (...args: unknown[]) => Awaitable, timeoutMs?: number): void => {
    for (const given of cases) {
      const args = Array.isArray(given) ? (given as unknown[]) : [given];
      addTest(titleOf(title, args), () => test(...args), timeoutMs);
    }
  };

/** Adds a fact, by the names of vitest's own: `it(title, test)` and `it.each(cases)(title, test)`. */
export const it: Register<[]> & { readonly each: Each } = Object.assign(addTest, { each });

/** Adds a fact that is not run, and says why. */
export const itIsNotRun = (title: string, reason: string): void =>
  addCase(title, { run: async () => undefined, notRun: reason });

const titleOf = (title: string, args: readonly unknown[]): string => {
  const [first] = args;
  const named = title.replace(/\$(\w+)/g, (whole, name: string) =>
    typeof first === "object" && first !== null && name in first ? String(Reflect.get(first, name)) : whole,
  );
  // Node's adds the arguments for which there is no place.
  const places = named.match(/%[sdifjoO]/g)?.length ?? 0;
  return format(named, ...args.slice(0, places));
};

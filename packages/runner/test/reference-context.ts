import type { Said } from "./told-context.ts";

/**
 * What a model ought to see of the system context, told the plain way: whole values are kept, and texts are written out of them. Knows
 * nothing of events, rows and hashes.
 */
export class ReferenceContext {
  /** What changed since the baseline: it stands alone, so nothing that was told before it is shown any more. */
  #told: readonly string[] = [];
  #baseline: readonly string[] | undefined;
  #last = new Map<string, string>();

  /** What is said at a boundary, by key, in the order of a baseline. */
  boundary(said: ReadonlyMap<string, Said>): void {
    if (this.#baseline === undefined) this.#open(said);
    else this.#goOn(said);
  }

  /** Where the messages are told again from the beginning, with their last values: a compaction. */
  compact(): void {
    this.#baseline = undefined;
    this.#told = [];
  }

  /** Where nothing that was true is known to be true any more. */
  move(): void {
    this.#baseline = undefined;
    this.#told = [];
    this.#last = new Map();
  }

  get system(): string | undefined {
    return this.#baseline?.join("\n\n");
  }

  get told(): readonly string[] {
    return this.#told;
  }

  #open(said: ReadonlyMap<string, Said>): void {
    const values = [...said].flatMap(([key, value]): readonly (readonly [string, string])[] => {
      const holds = value === "down" ? this.#last.get(key) : value;
      return holds === undefined ? [] : [[key, holds]];
    });
    this.#last = new Map(values);
    this.#baseline = values.length === 0 ? undefined : values.map(([key, value]) => `${key} is ${value}.`);
  }

  #goOn(said: ReadonlyMap<string, Said>): void {
    const lines: string[] = [];
    for (const [key, value] of said) {
      const before = this.#last.get(key);
      if (value === "down" || value === undefined || value === before) continue;
      lines.push(`${key} is ${value}${before === undefined ? "" : " now"}.`);
      this.#last.set(key, value);
    }
    for (const [key, value] of [...this.#last].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
      if (said.has(key) && said.get(key) !== undefined) continue;
      lines.push(`${key} was ${value}, and is gone.`);
      this.#last.delete(key);
    }
    if (lines.length === 0) return;
    this.#told = [...this.#told, `<system-update>\n${lines.join("\n\n")}\n</system-update>`];
  }
}

import type { Said } from "./told-context.ts";

/**
 * What a model ought to see of the system context, told the plain way: whole values are kept, and texts are written out of them. Knows
 * nothing of events, rows and hashes.
 */
export class ReferenceContext {
  #told: readonly string[] = [];
  /** How much had been told before the last turn. */
  #before = 0;
  #baseline: readonly string[] | undefined;
  #last = new Map<string, string>();

  /** What is said at a boundary, by key, in the order of a baseline. */
  boundary(said: ReadonlyMap<string, Said>): void {
    this.#before = this.#told.length;
    if (this.#baseline === undefined) this.#open(said);
    else this.#goOn(said);
  }

  /**
   * A compaction: all is told again from the beginning, with its last values. What was told before the last turn is shown no more, nor what was told in
   * it where that goes too.
   */
  compact(keepsLastTurn: boolean): void {
    this.#told = keepsLastTurn ? this.#told.slice(this.#before) : [];
    this.#before = 0;
    this.#baseline = undefined;
  }

  /** Where nothing that was true is known to be true any more. */
  move(): void {
    this.#baseline = undefined;
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

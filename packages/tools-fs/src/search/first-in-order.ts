/** Keeps the first of many in an order, up to a limit, in memory that grows with the limit alone. */
export class FirstInOrder<T> {
  readonly #limit: number;
  readonly #compare: (left: T, right: T) => number;
  #kept: T[] = [];
  #last: T | undefined;
  #isCut = false;

  constructor(limit: number, compare: (left: T, right: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /** Whether something was left out. */
  get isCut(): boolean {
    return this.#isCut || this.#kept.length > this.#limit;
  }

  /** Whether one that compares like this would be kept now. Asking before making it saves the making. */
  wouldKeep(compareWith: (last: T) => number): boolean {
    if (this.#last === undefined || compareWith(this.#last) < 0) return true;
    this.#isCut = true;
    return false;
  }

  add(item: T): void {
    if (!this.wouldKeep((last) => this.#compare(item, last))) return;
    this.#kept.push(item);
    // Sorting at every fourth limit only is what makes one cheap.
    if (this.#kept.length >= this.#limit * 4 + 64) this.#cut();
  }

  /** What was kept, in order. */
  toArray(): readonly T[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    const sorted = this.#kept.toSorted(this.#compare);
    this.#isCut ||= sorted.length > this.#limit;
    this.#kept = sorted.slice(0, this.#limit);
    if (this.#kept.length === this.#limit) this.#last = this.#kept.at(-1);
  }
}

import type { Statement } from "../driver.ts";

/** A part of a statement: what it is found by. */
type Part = string | number | null | symbol;

/**
 * Statements by the parts that they are made of, one look-up each. A name made of all the parts would have to be put together and hashed
 * for every execution, which takes as long as the statement (measured: 2 % of a turn).
 */
export class StatementTree {
  /** The one whose parts end here, once it was prepared. */
  statement: Statement | undefined;
  readonly #next = new Map<Part, StatementTree>();

  /** One part further. */
  at(part: Part): StatementTree {
    const known = this.#next.get(part);
    if (known !== undefined) return known;
    const next = new StatementTree();
    this.#next.set(part, next);
    return next;
  }
}

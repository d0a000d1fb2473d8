import { setImmediate as nextTurn } from "node:timers/promises";

import type { Connection, Statement } from "../driver.ts";

// One look-up each.
const sessionsPerSlice = 2_000;

/**
 * Finds out whether another session is of a session's line, as a fork and its source are: whether it has the same first message, at the
 * same position, which a fork keeps whatever is pruned. Its results may refer to the session's outputs.
 */
export class LineFinder {
  readonly #first: Statement;
  readonly #others: Statement;
  readonly #has: Statement;

  constructor(connection: Connection) {
    this.#first = connection.prepare("select messageId, seq from message where sessionKey = ? order by seq limit 1");
    this.#others = connection
      .prepare(`select sessionKey from session where sessionKey > ? order by sessionKey limit ${sessionsPerSlice}`)
      .pluck();
    this.#has = connection.prepare("select 1 from message where sessionKey = ? and messageId = ? and seq = ?").pluck();
  }

  async hasOther(key: number): Promise<boolean> {
    const first = this.#first.get(key) as { readonly messageId: string; readonly seq: number } | undefined;
    if (first === undefined) return false;
    let page = this.#others.all(0) as number[];
    while (page.length > 0) {
      if (page.some((other) => this.#has.get(other, first.messageId, first.seq) === 1)) return true;
      await nextTurn();
      page = this.#others.all(page.at(-1)) as number[];
    }
    return false;
  }
}

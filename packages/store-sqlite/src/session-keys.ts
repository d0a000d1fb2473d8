import type { SessionId } from "@holdfast/core";
import type { Connection, Statement } from "./driver.ts";

/** A session, and the number under which its rows are kept. */
export interface KeyedSession {
  readonly sessionId: SessionId;
  readonly key: number;
}

// Some 100 bytes each.
const mostKnown = 10_000;

/**
 * The numbers of sessions. One is given in the transaction that makes the session, and stays, after its deletion too: so what is known of
 * a committed one cannot become wrong. What was given in the transaction that is open may be rolled back, and be given to
 * another session then: it is not remembered before the next one begins.
 */
export class SessionKeys {
  readonly #find: Statement;
  readonly #next: Statement;
  readonly #known = new Map<string, number>();
  readonly #fresh = new Set<string>();

  constructor(connection: Connection) {
    this.#find = connection
      .prepare(
        "select sessionKey from session where sessionId = :id union all select sessionKey from tombstone where sessionId = :id",
      )
      .pluck();
    this.#next = connection
      .prepare(
        "select max(coalesce((select max(sessionKey) from session), 0), coalesce((select max(sessionKey) from tombstone), 0)) + 1",
      )
      .pluck();
  }

  /** To be called when a transaction that writes begins. */
  begin(): void {
    if (this.#fresh.size > 0) this.#fresh.clear();
  }

  /** The number of a session, deleted or not; null where it is not here. */
  find(sessionId: string): number | null {
    const known = this.#known.get(sessionId);
    if (known !== undefined) return known;
    const found = this.#find.get({ id: sessionId }) as number | undefined;
    if (found === undefined) return null;
    if (!this.#fresh.has(sessionId)) this.#remember(sessionId, found);
    return found;
  }

  /** A number for a session that is not here. Its row must be inserted in the same transaction. */
  next(sessionId: string): number {
    this.#fresh.add(sessionId);
    return this.#next.get() as number;
  }

  #remember(sessionId: string, key: number): void {
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(sessionId, key);
  }
}

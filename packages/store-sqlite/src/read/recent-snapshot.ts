import type { SessionId } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";

/** What changes with each write to the file: of this process, and of the others. */
export interface Versions {
  readonly own: () => number;
  readonly foreign: () => number;
}

/**
 * The snapshot that was read last, for as long as nobody has written since. Whoever wakes a session and whoever reads it look at it one
 * right after the other, and twelve statements find nothing new the second time.
 */
export class RecentSnapshot {
  readonly #versions: Versions;
  #own = -1;
  #foreign = -1;
  #snapshot: SessionSnapshot | null = null;

  constructor(versions: Versions) {
    this.#versions = versions;
  }

  /** The session's, where it is as it was. To be asked before each reading, outside a transaction: `keep` takes what is read next for that moment's. */
  find(sessionId: SessionId): SessionSnapshot | undefined {
    const [own, foreign] = [this.#versions.own(), this.#versions.foreign()];
    const isSame = own === this.#own && foreign === this.#foreign;
    this.#own = own;
    this.#foreign = foreign;
    if (!isSame) this.#snapshot = null;
    return this.#snapshot?.session.sessionId === sessionId ? this.#snapshot : undefined;
  }

  /** Keeps what was just read, as it is: several callers get it. */
  keep(snapshot: SessionSnapshot | null): SessionSnapshot | null {
    this.#snapshot = snapshot === null ? null : freeze(snapshot);
    return this.#snapshot;
  }
}

const freeze = (snapshot: SessionSnapshot): SessionSnapshot => {
  for (const rows of Object.values(snapshot)) {
    if (Array.isArray(rows)) for (const row of rows) Object.freeze(row);
    Object.freeze(rows);
  }
  return Object.freeze(snapshot);
};

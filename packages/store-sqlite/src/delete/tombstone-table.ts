import type { LogHead } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { KeyedSession } from "../session-keys.ts";

/** What the projections and the log keep of a session in other tables than those that are swept. */
const keepingTables = ["session", "floor", "replica", "claim"] as const;

/**
 * Deleted sessions. Its session's row goes in the transaction that deletes it, and with it all that is found through that row; what is
 * large is left for the sweep. The last event stays where it is.
 */
export class TombstoneTable {
  readonly #find: Statement;
  readonly #insert: Statement;
  readonly #remove: readonly Statement[];

  constructor(connection: Connection) {
    this.#find = connection.prepare("select headSeq as seq, headHash as hash from tombstone where sessionKey = ?");
    this.#insert = connection.prepare(
      `insert into tombstone (sessionKey, sessionId, headSeq, headHash, prevHash, fence, swept)
       values (?, ?, ?, ?, ?, coalesce((select fence from claim where sessionKey = ?), 0), 0)`,
    );
    this.#remove = keepingTables.map((table) => connection.prepare(`delete from "${table}" where sessionKey = ?`));
  }

  /** The end of a deleted session's log; null where it was not deleted. */
  find(key: number | null): LogHead | null {
    return key === null ? null : ((this.#find.get(key) as LogHead | undefined) ?? null);
  }

  /** Makes a tombstone of a session whose last event was inserted, inside its caller's transaction. */
  entomb({ sessionId, key }: KeyedSession, { seq, hash, prevHash }: LogHead & { readonly prevHash: string }): void {
    this.#insert.run(key, sessionId, seq, hash, prevHash, key);
    for (const remove of this.#remove) remove.run(key);
  }
}

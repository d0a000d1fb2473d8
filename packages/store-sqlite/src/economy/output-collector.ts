import { sqlBuilder, toSql } from "../compile.ts";

import type { OutputKey } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";

/** Finds and removes outputs whose time is over. Served by output_expires. */
export class OutputCollector {
  readonly #expired: Statement;
  readonly #removeChunks: Statement;
  readonly #remove: Statement;

  constructor(connection: Connection) {
    const output = sqlBuilder.selectFrom("output").select(["sessionId", "callId", "attempt"]);
    this.#expired = connection.prepare(toSql(output.where("expires", "<=", 0).orderBy("expires").limit(0)));
    const ofKey = "where sessionId = ? and callId = ? and attempt = ?";
    this.#removeChunks = connection.prepare(
      `delete from outputChunk where rowid in (select rowid from outputChunk ${ofKey} limit 64)`,
    );
    this.#remove = connection.prepare(`delete from output ${ofKey}`);
  }

  /** The output that is over longest; null where none is. */
  next(now: number): OutputKey | null {
    return (this.#expired.get(now, 1) as OutputKey | undefined) ?? null;
  }

  /** Removes 4 MiB of an output, in its caller's transaction, and says whether it is gone as a whole. */
  removeSlice({ sessionId, callId, attempt }: OutputKey): boolean {
    const { changes } = this.#removeChunks.run(sessionId, callId, attempt);
    if (changes === 64) return false;
    this.#remove.run(sessionId, callId, attempt);
    return true;
  }
}

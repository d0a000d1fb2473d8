import { assertWindow, outputChunks, outputSize, wholeOutput } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "./compile.ts";

import type { Clock } from "@holdfast/core";
import type { OutputContent, OutputKey, OutputPage } from "@holdfast/core/store";
import type { Connection, Statement } from "./driver.ts";

const chunkBytes = 64 * 1024;
const retentionMs = 7 * 24 * 60 * 60 * 1000;

/** Outputs in chunks of 64 KiB, so that a window of a long one reads only its own. One is kept for 7 days, and gone after that. */
export class OutputTable {
  readonly #clock: Pick<Clock, "now">;
  readonly #put: Statement;
  readonly #clear: Statement;
  readonly #putChunk: Statement;
  readonly #size: Statement;
  readonly #chunks: Statement;

  constructor(connection: Connection, clock: Pick<Clock, "now">) {
    this.#clock = clock;
    const key = { sessionId: "", callId: "", attempt: 0 };
    this.#put = connection.prepare(toSql(sqlBuilder.replaceInto("output").values({ ...key, size: 0, expires: 0 })));
    const content = new Uint8Array();
    const chunk = sqlBuilder.insertInto("outputChunk").values({ ...key, position: 0, content });
    this.#putChunk = connection.prepare(toSql(chunk));
    const ofKey = "where sessionId = ? and callId = ? and attempt = ?";
    this.#clear = connection.prepare(`delete from outputChunk ${ofKey}`);
    this.#size = connection.prepare(`select size from output ${ofKey} and expires > ?`);
    this.#chunks = connection.prepare(
      `select content from outputChunk ${ofKey} and position between ? and ? order by position`,
    );
  }

  /** Copies an output that is whole as it is now; what is returned puts it, inside its caller's transaction. */
  capture({ sessionId, callId, attempt }: OutputKey, content: OutputContent): () => void {
    const captured = content instanceof Uint8Array ? wholeOutput(content) : content;
    const size = outputSize(captured);
    return () => this.#write({ sessionId, callId, attempt }, captured, size);
  }

  read(
    { sessionId, callId, attempt }: OutputKey,
    window: { readonly offset: number; readonly limit: number },
  ): OutputPage | null {
    assertWindow(window);
    const found = this.#size.get(sessionId, callId, attempt, this.#clock.now()) as
      | { readonly size: number }
      | undefined;
    if (found === undefined) return null;
    const offset = Math.min(Math.max(0, window.offset), found.size);
    const end = Math.min(found.size, offset + Math.max(0, window.limit));
    const first = Math.floor(offset / chunkBytes);
    const rows = this.#chunks.all(sessionId, callId, attempt, first, Math.floor(end / chunkBytes)) as {
      readonly content: Uint8Array;
    }[];
    const whole = Buffer.concat(rows.map(({ content }) => content));
    return {
      bytes: new Uint8Array(whole.subarray(offset - first * chunkBytes, end - first * chunkBytes)),
      offset,
      size: found.size,
    };
  }

  #write({ sessionId, callId, attempt }: OutputKey, content: OutputContent, size: number): void {
    this.#clear.run(sessionId, callId, attempt);
    this.#put.run(sessionId, callId, attempt, size, this.#clock.now() + retentionMs);
    let position = 0;
    for (const chunk of outputChunks(content, chunkBytes))
      this.#putChunk.run(sessionId, callId, attempt, position++, chunk);
  }
}

import { blobMissing } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";

import type { Blob, SealedEnvelope } from "@holdfast/core/event";
import type { Connection, Statement } from "../driver.ts";

/** Keeps the blobs of a plan, and who refers to them. */
export class BlobWriter {
  readonly #insert: Statement;
  readonly #exists: Statement;
  readonly #refer: Statement;

  constructor(connection: Connection) {
    const text = "";
    const ignoring = sqlBuilder.insertInto("blob").values({ hash: text, bytes: 0, text });
    this.#insert = connection.prepare(toSql(ignoring.onConflict((conflict) => conflict.doNothing())));
    this.#exists = connection.prepare(toSql(sqlBuilder.selectFrom("blob").select("bytes").where("hash", "=", text)));
    const reference = sqlBuilder.insertInto("blobReference").values({ sessionId: text, seq: 0, hash: text });
    this.#refer = connection.prepare(toSql(reference.onConflict((conflict) => conflict.doNothing())));
  }

  /** Keeps blobs; one that is there already has the same text, since its hash is its name. */
  put(blobs: readonly Blob[]): void {
    for (const { hash, bytes, text } of blobs) this.#insert.run(hash, bytes, text);
  }

  /** @throws store.blob-missing where the event refers to a blob that is not kept. */
  refer({ sessionId, seq }: SealedEnvelope, hashes: readonly string[]): void {
    for (const hash of hashes) {
      if (this.#exists.get(hash) === undefined) throw blobMissing(hash);
      this.#refer.run(sessionId, seq, hash);
    }
  }
}

import { blobMissing } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";

import type { Blob } from "@holdfast/core/event";
import type { Connection, Statement } from "../driver.ts";

/** Keeps the blobs of a plan, and who refers to them. */
export class BlobWriter {
  readonly #insert: Statement;
  readonly #find: Statement;
  readonly #refer: Statement;

  constructor(connection: Connection) {
    const text = "";
    const ignoring = sqlBuilder.insertInto("blob").values({ hash: text, bytes: 0, text } as never);
    this.#insert = connection.prepare(toSql(ignoring.onConflict((conflict) => conflict.doNothing())));
    const blob = sqlBuilder.selectFrom("blob").select("blobKey").where("hash", "=", text);
    this.#find = connection.prepare(toSql(blob)).pluck();
    const reference = sqlBuilder.insertInto("blobReference").values({ sessionKey: 0, seq: 0, blobKey: 0 });
    this.#refer = connection.prepare(toSql(reference.onConflict((conflict) => conflict.doNothing())));
  }

  /** Keeps blobs; one that is there already has the same text, since its hash is its name. */
  put(blobs: readonly Blob[]): void {
    for (const { hash, bytes, text } of blobs) this.#insert.run(hash, bytes, text);
  }

  has(hash: string): boolean {
    return this.#find.get(hash) !== undefined;
  }

  /** @throws store.blob-missing where the event refers to a blob that is not kept. */
  refer(key: number, seq: number, hashes: readonly string[]): void {
    for (const hash of hashes) {
      const blobKey = this.#find.get(hash) as number | undefined;
      if (blobKey === undefined) throw blobMissing(hash);
      this.#refer.run(key, seq, blobKey);
    }
  }
}

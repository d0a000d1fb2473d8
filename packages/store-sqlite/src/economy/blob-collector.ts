import type { Connection, Statement } from "../driver.ts";

interface BlobName {
  readonly blobKey: number;
}

const blobsPerPage = 200;

/**
 * Finds blobs that no event refers to: a plan brought them along for nothing, or a crash stopped a pruning. A plan brings its blobs and
 * its references in one transaction, and so does the look inside `remove`: neither can come between the other.
 */
export class BlobCollector {
  readonly #page: Statement;
  readonly #remove: Statement;

  constructor(connection: Connection) {
    this.#page = connection.prepare("select blobKey from blob where blobKey > ? order by blobKey limit +?");
    this.#remove = connection.prepare(
      "delete from blob where blobKey = :blobKey and not exists (select 1 from blobReference where blobKey = :blobKey)",
    );
  }

  page(after: number): readonly BlobName[] {
    return this.#page.all(after, blobsPerPage) as BlobName[];
  }

  /** In its caller's transaction: how many went. */
  remove(blobs: readonly BlobName[]): number {
    return blobs.reduce((removed, { blobKey }) => removed + this.#remove.run({ blobKey }).changes, 0);
  }
}

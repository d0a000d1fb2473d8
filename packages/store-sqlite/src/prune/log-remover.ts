import { placeAfter, placeOf } from "../event-place.ts";

import type { Connection, Statement } from "../driver.ts";

interface Reference {
  readonly seq: number;
  readonly blobKey: number;
}

const eventsPerSlice = 500;
const bytesPerSlice = 4 * 1024 * 1024;
// Each may be of a blob of some hundred kilobytes, whose pages are visited when it goes.
const referencesPerSlice = 50;

/** Removes events, their references and the blobs that nothing refers to any more, inside its caller's transactions. */
export class LogRemover {
  readonly #events: Statement;
  readonly #removeEvents: Statement;
  readonly #references: Statement;
  readonly #removeReference: Statement;
  readonly #removeBlob: Statement;

  constructor(connection: Connection) {
    // `octet_length` reads the length from the row's header, and not the text.
    this.#events = connection.prepare(
      "select seq, octet_length(data) as bytes from event where place between ? and ? order by place limit +?",
    );
    this.#removeEvents = connection.prepare("delete from event where place between ? and ?");
    this.#references = connection.prepare(
      "select seq, blobKey from blobReference where sessionKey = +? and seq <= ? order by seq, blobKey limit +?",
    );
    this.#removeReference = connection.prepare(
      "delete from blobReference where sessionKey = ? and seq = ? and blobKey = ?",
    );
    this.#removeBlob = connection.prepare(
      "delete from blob where blobKey = :blobKey and not exists (select 1 from blobReference where blobKey = :blobKey)",
    );
  }

  /** The last seq of the next events to remove together; null where there are none. */
  nextSlice(sessionKey: number, floor: number): number | null {
    const rows = this.#events.all(placeOf(sessionKey, 0), placeAfter(sessionKey, floor), eventsPerSlice) as {
      readonly seq: number;
      readonly bytes: number;
    }[];
    let end = rows[0]?.seq ?? null;
    let bytes = 0;
    for (const row of rows) {
      bytes += row.bytes;
      if (bytes > bytesPerSlice) break;
      end = row.seq;
    }
    return end;
  }

  removeTo(sessionKey: number, seq: number): number {
    return this.#removeEvents.run(placeOf(sessionKey, 0), placeAfter(sessionKey, seq)).changes;
  }

  nextReferences(sessionKey: number, floor: number): readonly Reference[] {
    return this.#references.all(sessionKey, floor, referencesPerSlice) as Reference[];
  }

  /** How many blobs went with them. */
  removeReferences(sessionKey: number, references: readonly Reference[]): number {
    for (const { seq, blobKey } of references) this.#removeReference.run(sessionKey, seq, blobKey);
    const blobs = new Set(references.map(({ blobKey }) => blobKey));
    return [...blobs].reduce((removed, blobKey) => removed + this.#removeBlob.run({ blobKey }).changes, 0);
  }
}

// What is longer is no record of ours: a path has at most 4 KiB, and a line is cut where it is printed.
const maxRecordBytes = 64 * 1024;

/**
 * Cuts bytes that arrive in pieces into records that end with one byte. What is longer than 64 KiB is left out, and so is what has no end:
 * ripgrep ends every record, so that its process was killed in the middle of one.
 */
export class RecordSplitter {
  readonly #separator: number;
  readonly #onRecord: (record: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #isTooLong = false;

  constructor(separator: number, onRecord: (record: Buffer) => void) {
    this.#separator = separator;
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    let at = 0;
    for (let end = chunk.indexOf(this.#separator); end >= 0; end = chunk.indexOf(this.#separator, at)) {
      const record = chunk.subarray(at, end);
      if (!this.#isTooLong) this.#onRecord(this.#rest.length === 0 ? record : Buffer.concat([this.#rest, record]));
      this.#rest = Buffer.alloc(0);
      this.#isTooLong = false;
      at = end + 1;
    }
    if (at === chunk.length) return;
    this.#isTooLong ||= this.#rest.length + chunk.length - at > maxRecordBytes;
    this.#rest = this.#isTooLong ? Buffer.alloc(0) : Buffer.concat([this.#rest, chunk.subarray(at)]);
  }
}

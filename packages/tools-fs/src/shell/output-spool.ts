import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const segmentBytes = 1024 * 1024;
const headSegments = 32;
// Beside the one that is being written. A store takes 64 MiB of one call, and the line that says what is missing needs room too.
const tailSegments = 30;

/**
 * Writes an output to files of 1 MiB as it comes, so that it is there when this process is not: the first 32 MiB, and the last 30 to 31
 * of what comes after them. Writing is synchronous: what was taken is written.
 */
export class OutputSpool implements Disposable {
  readonly #folder: string;
  #file: number | undefined;
  #segment = -1;
  #room = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws what the system says where it cannot be written. */
  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.#room === 0) this.#next();
      const part = piece.subarray(at, at + this.#room);
      const written = writeSync(this.#file ?? -1, part);
      this.#room -= written;
      at += written;
    }
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #next(): void {
    this[Symbol.dispose]();
    this.#segment += 1;
    this.#room = segmentBytes;
    const old = this.#segment - tailSegments - 1;
    if (old >= headSegments) rmSync(this.#nameOf(old), { force: true });
    this.#file = openSync(this.#nameOf(this.#segment), "wx", 0o600);
  }

  #nameOf(segment: number): string {
    return join(this.#folder, `output-${segment}`);
  }
}

/** What was spooled into a folder, by whichever process; with a line in place of what was left out. */
export const readSpool = async (folder: string): Promise<Buffer> => {
  const parts = await partsOf(folder);
  const whole = Buffer.allocUnsafe(parts.reduce((sum, { note, size }) => sum + note.length + size, 0));
  let at = 0;
  for (const { path, size, note } of parts) {
    at += note.copy(whole, at);
    await using file = await open(path);
    for (const end = at + size; at < end;) {
      const { bytesRead } = await file.read(whole, at, end - at);
      if (bytesRead === 0) throw new Error(`expected ${size} bytes in ${path}, found fewer`);
      at += bytesRead;
    }
  }
  return whole;
};

interface SpoolPart {
  readonly path: string;
  readonly size: number;
  /** What stands in front of it, where something is missing there. */
  readonly note: Buffer;
}

const partsOf = async (folder: string): Promise<readonly SpoolPart[]> => {
  const names = await readdir(folder);
  const segments = names.flatMap((name) => /^output-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const parts: SpoolPart[] = [];
  let next = 0;
  for (const segment of segments.toSorted((left, right) => left - right)) {
    const path = join(folder, `output-${segment}`);
    const omitted = (segment - next) * segmentBytes;
    const note = omitted === 0 ? "" : `\n… ${omitted} bytes of output were left out here, and are lost …\n`;
    parts.push({ path, size: (await stat(path)).size, note: Buffer.from(note) });
    next = segment + 1;
  }
  return parts;
};

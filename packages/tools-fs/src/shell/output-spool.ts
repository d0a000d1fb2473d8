import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import type { OutputPieces } from "@holdfast/core/tool";

const segmentBytes = 1024 * 1024;
const headSegments = 32;
// Beside the one that is being written. A store takes 64 MiB of one call, and the line that says what is missing needs room too.
const tailSegments = 30;
const pieceBytes = 64 * 1024;

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

/** What was spooled into a folder, by whichever process, piece by piece; with a line in place of what was left out. */
export const readSpool = async (folder: string): Promise<OutputPieces> => {
  const parts = await partsOf(folder);
  const size = parts.reduce((sum, part) => sum + part.note.length + part.size, 0);
  return { size, [Symbol.iterator]: () => piecesOf(parts) };
};

// Synchronous, as who walks them is: a transaction. What was just written is read from the system's memory.
function* piecesOf(parts: readonly SpoolPart[]): Generator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafe(pieceBytes);
  for (const { path, size, note } of parts) {
    yield note;
    const file = openSync(path, "r");
    try {
      for (let left = size; left > 0;) {
        const bytesRead = readSync(file, buffer, 0, Math.min(left, pieceBytes), null);
        if (bytesRead === 0) throw new Error(`expected ${size} bytes in ${path}, found fewer`);
        left -= bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      closeSync(file);
    }
  }
}

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

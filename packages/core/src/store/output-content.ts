import { HoldfastError } from "../errors/holdfast-error.ts";
import { maxOutputBytes } from "./output.ts";

/**
 * An output that is handed over piece by piece, so that it is nowhere in memory whole. It is walked while it is written, perhaps more than
 * once, and gives the same bytes each time. A piece counts until the next one is taken.
 */
export interface OutputPieces extends Iterable<Uint8Array> {
  /** Bytes of all pieces together. */
  readonly size: number;
}

/** What is kept as an output. */
export type OutputContent = Uint8Array | OutputPieces;

/**
 * A copy of all of an output, for a store that keeps it so.
 *
 * @throws argument.invalid where it is longer than 64 MiB, or its pieces do not come to their size.
 */
export const wholeOutput = (content: OutputContent): Uint8Array => {
  const size = outputSize(content);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of piecesOf(content)) {
    if (at + piece.length > size) throw wrongSize(size);
    whole.set(piece, at);
    at += piece.length;
  }
  if (at < size) throw wrongSize(size);
  return whole;
};

/**
 * Walks an output in chunks of one length, the last one shorter. Each is a part of one buffer, and counts until the next one.
 *
 * @throws argument.invalid where its pieces do not come to their size.
 */
export function* outputChunks(content: OutputContent, chunkBytes: number): Generator<Uint8Array, void, undefined> {
  const size = outputSize(content);
  const chunk = new Uint8Array(Math.min(size, chunkBytes));
  let [seen, filled] = [0, 0];
  for (const piece of piecesOf(content)) {
    seen += piece.length;
    if (seen > size) throw wrongSize(size);
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + chunk.length - filled);
      chunk.set(part, filled);
      [at, filled] = [at + part.length, filled + part.length];
      if (filled < chunk.length) continue;
      yield chunk;
      filled = 0;
    }
  }
  if (seen < size) throw wrongSize(size);
  if (filled > 0) yield chunk.subarray(0, filled);
}

/**
 * How many bytes an output has.
 *
 * @throws argument.invalid where that is more than 64 MiB.
 */
export const outputSize = (content: OutputContent): number => {
  const size = content instanceof Uint8Array ? content.length : content.size;
  if (size <= maxOutputBytes) return size;
  throw new HoldfastError("argument.invalid", {
    message: `Expected an output of at most ${maxOutputBytes} bytes, found ${size}. Keep its head and its tail.`,
    data: { bytes: size, limit: maxOutputBytes },
  });
};

const piecesOf = (content: OutputContent): Iterable<Uint8Array> =>
  content instanceof Uint8Array ? [content] : content;

const wrongSize = (size: number): HoldfastError<"argument.invalid"> =>
  new HoldfastError("argument.invalid", {
    message: `Expected pieces of ${size} bytes together, as their size says, found another number. Nothing was kept: tell their size as it is.`,
    data: { size },
  });

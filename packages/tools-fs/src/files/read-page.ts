import { ToolFailure } from "@holdfast/core/tool";

import { LinePager } from "../text/line-pager.ts";

import type { ReadHandle } from "../file-system.ts";
import type { PageRange } from "../text/line-pager.ts";

const chunkBytes = 64 * 1024;

/** What to read of an open file. */
export interface PageRequest {
  readonly path: string;
  readonly range: PageRange;
  readonly signal: AbortSignal;
}

/**
 * Reads one page of a text file, chunk by chunk, and no further than the page needs.
 *
 * @throws ToolFailure where the file is no text, or has fewer lines than the offset.
 */
export const readPage = async (handle: ReadHandle, { path, range, signal }: PageRequest): Promise<LinePager> => {
  const pager = new LinePager(range);
  // Its own byte order mark is taken off; a NUL or an invalid sequence is what tells binary from text.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let position = 0;
  while (pager.next === undefined) {
    signal.throwIfAborted();
    const bytesRead = await handle.read(chunk, position);
    position += bytesRead;
    const bytes = chunk.subarray(0, bytesRead);
    if (bytes.includes(0)) throw binaryFailure(path);
    pager.push(decode(decoder, bytes, path));
    if (bytesRead > 0) continue;
    pager.end();
    break;
  }
  if (pager.next === undefined && range.offset > Math.max(1, pager.count)) {
    throw new ToolFailure(
      `Expected an offset of at most ${pager.count}, the number of lines of ${path}, found ${range.offset}. Read from an earlier line.`,
    );
  }
  return pager;
};

const decode = (decoder: TextDecoder, bytes: Uint8Array, path: string): string => {
  try {
    return decoder.decode(bytes, { stream: bytes.length > 0 });
  } catch {
    // The one thing that it throws for is invalid UTF-8.
    throw binaryFailure(path);
  }
};

const binaryFailure = (path: string): ToolFailure =>
  new ToolFailure(`${path} is no text: it holds NUL characters or is not UTF-8. Only text files can be read.`);

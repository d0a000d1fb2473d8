import { ToolFailure } from "@holdfast/core/tool";

import { LinePager } from "../text/line-pager.ts";
import { utf16Of } from "../text/utf-16.ts";
import { seemsToBe } from "./seems-to-be.ts";

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
 * Reads one page of a text file, in UTF-8 or, with a byte order mark, UTF-16; chunk by chunk, and no further than the page needs.
 *
 * @throws ToolFailure where the file is no text, or has fewer lines than the offset.
 */
export const readPage = async (handle: ReadHandle, { path, range, signal }: PageRequest): Promise<LinePager> => {
  const pager = new LinePager(range);
  let decoder: TextDecoder | undefined;
  let kind: string | undefined;
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let position = 0;
  while (pager.next === undefined) {
    signal.throwIfAborted();
    const bytesRead = await handle.read(chunk, position);
    position += bytesRead;
    const bytes = chunk.subarray(0, bytesRead);
    if (decoder === undefined) {
      kind = seemsToBe(bytes);
      // Its own byte order mark is taken off; a NUL or an invalid sequence is what tells binary from text.
      decoder = new TextDecoder(utf16Of(bytes) ?? "utf-8", { fatal: true });
    }
    const text = decode(decoder, bytes);
    if (text === undefined || text.includes("\0")) throw binaryFailure(path, kind);
    pager.push(text);
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

const decode = (decoder: TextDecoder, bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes, { stream: bytes.length > 0 });
  } catch {
    // The one thing that it throws for is what is not in its encoding.
    return undefined;
  }
};

const binaryFailure = (path: string, kind: string | undefined): ToolFailure =>
  new ToolFailure(
    `${path} is no text: ${kind === undefined ? "it holds NUL characters or is not UTF-8" : `it seems to be ${kind}`}. Only text files can be read.`,
  );

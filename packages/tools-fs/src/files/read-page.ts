import { ToolFailure } from "@holdfast/core/tool";

import { LinePager } from "../text/line-pager.ts";
import { LineWindow } from "../text/line-window.ts";

import type { PageRange } from "../text/line-pager.ts";
import type { LinePart, LineRange } from "../text/line-window.ts";

/** A text that comes in pieces of whole characters, and its name. */
export interface TextSource {
  readonly path: string;
  readonly pieces: AsyncIterable<string>;
}

/**
 * Reads one page of a text, and no further than the page needs.
 *
 * @throws ToolFailure where it has fewer lines than the offset.
 */
export const readPage = async ({ path, pieces }: TextSource, range: PageRange): Promise<LinePager> => {
  const pager = new LinePager(range);
  for await (const piece of pieces) {
    pager.push(piece);
    if (pager.next !== undefined) return pager;
  }
  pager.end();
  if (pager.next === undefined && range.offset > Math.max(1, pager.count))
    throw beyondEnd(path, range.offset, pager.count);
  return pager;
};

/**
 * Reads one part of one line, and no further than that.
 *
 * @throws ToolFailure where there is no such line, or it is not that long.
 */
export const readLine = async ({ path, pieces }: TextSource, range: LineRange): Promise<LinePart> => {
  const window = new LineWindow(range);
  for await (const piece of pieces) {
    window.push(piece);
    if (window.isDone) break;
  }
  const { count, lineBytes } = window;
  if (range.offset > Math.max(1, count)) throw beyondEnd(path, range.offset, count);
  if (range.lineOffset > 0 && range.lineOffset >= lineBytes) {
    throw new ToolFailure(
      `Expected a lineOffset below ${lineBytes}, the bytes that line ${range.offset} of ${path} has, found ${range.lineOffset}. Read from an earlier one.`,
    );
  }
  return window.toPart();
};

const beyondEnd = (path: string, offset: number, count: number): ToolFailure =>
  new ToolFailure(
    `Expected an offset of at most ${count}, the number of lines of ${path}, found ${offset}. Read from an earlier line.`,
  );

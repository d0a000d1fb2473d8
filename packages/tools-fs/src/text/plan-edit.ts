import { ToolFailure } from "@holdfast/core/tool";

import { boundedContent, maxEditBytes, tooLarge } from "../files/bounded-content.ts";
import { decodeText, encodeText } from "./decode-text.ts";
import { lineEndingOf, withLineEnding } from "./line-ending.ts";
import { nearestLines } from "./nearest-lines.ts";
import { replaceExact } from "./replace-exact.ts";
import { replaceTolerant } from "./replace-tolerant.ts";
import { unifiedDiff } from "./unified-diff.ts";
import { assertNotUtf16 } from "./utf-16.ts";

import type { LineEnding } from "./line-ending.ts";
import type { ReplaceResult } from "./replace-exact.ts";

/** What is asked of an edit. */
export interface EditRequest {
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll?: boolean | undefined;
}

/** What an edit makes of a file. */
export interface EditPlan {
  readonly content: Buffer;
  readonly replacements: number;
  /** False where it was found in spite of white space. */
  readonly isExact: boolean;
  /** Computed when it is asked for: only the phase that acts shows it. */
  readonly diff: () => string;
}

/**
 * The content of a file after an edit. The file's line ends and byte order mark stay as they are, whatever those of the request.
 *
 * @throws ToolFailure where the text is not there, is there more than once, or the file is no text.
 */
export const planEdit = (path: string, bytes: Uint8Array, request: EditRequest): EditPlan => {
  assertNotUtf16(path, bytes);
  const decoded = decodeText(bytes);
  if (decoded === undefined)
    throw new ToolFailure(
      `${path} is no text: it holds NUL characters or is not UTF-8. Only text files can be edited.`,
    );
  const { text, hasMark } = decoded;
  const ending = lineEndingOf(text);
  const oldText = withLineEnding(request.oldText, ending);
  const newText = withLineEnding(request.newText, ending);
  if (oldText === newText)
    throw new ToolFailure(`oldText and newText differ in nothing but line ends, and ${path} keeps its own.`);
  const replaceAll = request.replaceAll ?? false;
  const exact = replaceExact(text, { oldText, newText, replaceAll }, maxEditBytes);
  const result = exact.type === "missing" && !replaceAll ? replaceInPlain(text, ending, request) : exact;
  switch (result.type) {
    case "missing":
      throw new ToolFailure(missingSentence(path, text, oldText));
    case "ambiguous":
      throw new ToolFailure(
        `oldText stands in ${result.count} places in ${path}, at lines ${result.lines.join(", ")}${result.lines.length < result.count ? " and more" : ""}. Give more of its surroundings, or set replaceAll.`,
      );
    case "too-large":
      throw tooLarge(path);
    case "replaced": {
      const content = boundedContent(path, encodeText({ text: result.text, hasMark }));
      const diff = (): string =>
        unifiedDiff(path, withLineEnding(text, shown(ending)), withLineEnding(result.text, shown(ending)));
      return { content, replacements: result.count, isExact: result === exact, diff };
    }
    default:
      return result satisfies never;
  }
};

const plain = (text: string): string => withLineEnding(text, "\n");

const replaceInPlain = (text: string, ending: LineEnding, { oldText, newText }: EditRequest): ReplaceResult => {
  if (ending !== "\r\n") return replaceTolerant(text, { oldText, newText });
  const result = replaceTolerant(plain(text), { oldText: plain(oldText), newText: plain(newText) });
  return result.type === "replaced" ? { ...result, text: withLineEnding(result.text, ending) } : result;
};

/** A diff shows lines, not how they end. */
const shown = (ending: "\n" | "\r\n" | "mixed"): "\n" | "mixed" => (ending === "mixed" ? "mixed" : "\n");

const missingSentence = (path: string, text: string, oldText: string): string =>
  `oldText does not stand in ${path}. Read the file again, and copy from it. ${nearestLines(text, oldText)}`;

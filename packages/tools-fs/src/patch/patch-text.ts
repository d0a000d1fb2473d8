import { ToolFailure } from "@holdfast/core/tool";

import { boundedContent } from "../files/bounded-content.ts";
import { decodeText, encodeText } from "../text/decode-text.ts";
import { lineEndingOf, withLineEnding } from "../text/line-ending.ts";
import { nearestLines } from "../text/nearest-lines.ts";
import { assertNotUtf16 } from "../text/utf-16.ts";
import { applyHunks } from "./apply-hunks.ts";

import type { AppliedHunks } from "./apply-hunks.ts";
import type { Hunk } from "./file-change.ts";

/**
 * A file's content after its hunks. Its line ends and byte order mark stay as they are.
 *
 * @throws ToolFailure where it is no text, or a hunk does not fit.
 */
export const patchText = (path: string, bytes: Uint8Array, hunks: readonly Hunk[]): Buffer => {
  if (hunks.length === 0) return Buffer.from(bytes);
  assertNotUtf16(path, bytes);
  const decoded = decodeText(bytes);
  if (decoded === undefined)
    throw new ToolFailure(`${path} is no text: it holds NUL characters or is not UTF-8. Nothing was changed.`);
  const ending = lineEndingOf(decoded.text);
  const plain = ending === "\r\n" ? withLineEnding(decoded.text, "\n") : decoded.text;
  const applied = applyHunks(plain, hunks);
  if (!applied.ok) throw new ToolFailure(refusal(path, plain, applied));
  const text = ending === "\r\n" ? withLineEnding(applied.text, ending) : applied.text;
  return boundedContent(path, encodeText({ text, hasMark: decoded.hasMark }));
};

const refusal = (path: string, text: string, applied: AppliedHunks & { readonly ok: false }): string => {
  const { line, reason, wanted, places } = applied;
  const where = `The change at line ${line} of the patch does not fit ${path}`;
  const shown = wanted.slice(0, 5).join("\n");
  if (reason === "ambiguous")
    return `${where}: what it looks for stands at lines ${places.join(", ")}. Nothing was changed: put a line that stands above it after "@@", or more lines of context.`;
  const what = reason === "heading-missing" ? "the line after its @@" : "what it looks for";
  const hint = nearestLines(text, wanted.join("\n"));
  return `${where}: ${what} is not there, or not after the change before it:\n${shown}\nNothing was changed: read the file again. ${hint}`;
};

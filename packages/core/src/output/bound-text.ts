/** What the model is shown of one result at most: 2,000 lines, and 50 KiB of UTF-8. */
export const shownLimits = { lines: 2_000, bytes: 50 * 1024 } as const;

/** A structured value that is stored with a result is at most this long as JSON, in UTF-8 bytes: 16 KiB. */
export const maxStructuredBytes = 16 * 1024;

/** How much may be shown. The marker between head and tail counts. */
export interface ShownLimits {
  readonly lines: number;
  readonly bytes: number;
}

/** A text as it may be shown, and whether that is less than all of it. */
export interface BoundText {
  readonly text: string;
  readonly whole: boolean;
}

const encoder = new TextEncoder();
// Without it a decoder swallows a byte order mark where a window begins with one.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The head and the tail of a text within limits, with a line between them that says what is missing and where the whole is.
 * UTF-8 safe: a character is shown whole or not at all.
 */
export const boundText = (text: string, reference: string, limits: ShownLimits = shownLimits): BoundText => {
  const bytes = encoder.encode(text);
  const lines = countLines(text);
  if (bytes.length <= limits.bytes && lines <= limits.lines) return { text, whole: true };
  const marker = `\n… ${lines} lines, ${bytes.length} bytes in all; the middle is left out here. The whole: ${reference} …\n`;
  const budget = Math.max(0, limits.bytes - encoder.encode(marker).length);
  const headLines = Math.max(1, Math.ceil((limits.lines - 3) / 2));
  const tailLines = Math.max(1, Math.floor((limits.lines - 3) / 2));
  const head = clipEnd(firstLines(text, headLines), Math.ceil(budget / 2));
  const tail = clipStart(lastLines(text, tailLines), Math.floor(budget / 2));
  return { text: head + marker + tail, whole: false };
};

/** The end of the last whole character at or before `offset` in UTF-8 bytes: where a window may be cut. What is no UTF-8 is cut at `offset`. */
export const characterBoundary = (bytes: Uint8Array, offset: number): number => {
  const end = Math.min(offset, bytes.length);
  // A character has at most three bytes after its first.
  for (let at = end; at >= 0 && at > end - 4; at--) if (!isContinuation(bytes[at])) return at;
  return end;
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

const clipEnd = (text: string, limit: number): string => {
  const bytes = encoder.encode(text);
  return bytes.length <= limit ? text : decoder.decode(bytes.subarray(0, characterBoundary(bytes, limit)));
};

const clipStart = (text: string, limit: number): string => {
  const bytes = encoder.encode(text);
  if (bytes.length <= limit) return text;
  let at = bytes.length - limit;
  while (at < bytes.length && isContinuation(bytes[at])) at++;
  return decoder.decode(bytes.subarray(at));
};

const countLines = (text: string): number => {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
};

const firstLines = (text: string, count: number): string => {
  let at = -1;
  for (let line = 0; line < count; line++) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) return text;
  }
  return text.slice(0, at);
};

const lastLines = (text: string, count: number): string => {
  let at = text.length;
  for (let line = 0; line < count; line++) {
    at = text.lastIndexOf("\n", at - 1);
    if (at < 0) return text;
    if (at === 0) return line === count - 1 ? text.slice(1) : text;
  }
  return text.slice(at + 1);
};

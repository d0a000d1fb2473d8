/** A file's text without its byte order mark, and whether it had one. */
export interface DecodedText {
  readonly text: string;
  readonly hasMark: boolean;
}

const mark = "\uFEFF";

/** Bytes as text; undefined for what is none: invalid UTF-8, or with a NUL in it. */
export const decodeText = (bytes: Uint8Array): DecodedText | undefined => {
  if (bytes.includes(0)) return undefined;
  const text = decodeStrictly(bytes);
  if (text === undefined) return undefined;
  return text.startsWith(mark) ? { text: text.slice(1), hasMark: true } : { text, hasMark: false };
};

/** The bytes of a text, with its byte order mark if it had one. */
export const encodeText = ({ text, hasMark }: DecodedText): Buffer => Buffer.from(hasMark ? mark + text : text, "utf8");

const decodeStrictly = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The one thing that it throws for is invalid UTF-8.
    return undefined;
  }
};

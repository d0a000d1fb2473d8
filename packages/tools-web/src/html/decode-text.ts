const sniffedBytes = 1024;

/**
 * The label of a text's encoding: its byte order mark, then its content type, then, for HTML, what it says of itself in its first 1,024 bytes,
 * then UTF-8. Undefined for one that cannot be read.
 */
export const charsetOf = (bytes: Uint8Array, contentType: string): string | undefined => {
  const mark = Buffer.from(bytes.subarray(0, 3)).toString("hex");
  const marked = marks.find(([start]) => mark.startsWith(start));
  if (marked !== undefined) return marked[1];
  const declared = /;\s*charset\s*=\s*["']?([^\s"';]{1,40})/i.exec(contentType)?.[1];
  if (declared !== undefined) return known(declared);
  if (!/html|xml/i.test(contentType)) return "utf-8";
  return saidOf(Buffer.from(bytes.subarray(0, sniffedBytes)).toString("latin1")) ?? "utf-8";
};

/** Byte order marks. */
const marks = [
  ["efbbbf", "utf-8"],
  ["feff", "utf-16be"],
  ["fffe", "utf-16le"],
] as const;

const saidOf = (head: string): string | undefined => {
  const said =
    /<meta[^>]{0,200}?charset\s*=\s*["']?([\w:-]{1,40})/i.exec(head) ??
    /<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w:-]{1,40})/i.exec(head);
  const label = known(said?.[1] ?? "utf-8");
  // A page that could be read so far cannot be in an encoding of two bytes.
  return label?.startsWith("utf-16") === true ? undefined : label;
};

/** A text in an encoding of `charsetOf`. What is malformed is replaced. */
export const decodeText = (bytes: Uint8Array, charset: string): string => new TextDecoder(charset).decode(bytes);

const known = (label: string): string | undefined => {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    // A label that this runtime does not know.
    return undefined;
  }
};

import { ToolFailure } from "@holdfast/core/tool";

/** Which UTF-16 a file's first bytes say that it is; undefined for none. Without a byte order mark nobody can tell. */
export const utf16Of = (head: Uint8Array): "utf-16le" | "utf-16be" | undefined => {
  const [first, second] = head;
  // UTF-32 begins as UTF-16 does, with two NULs after it.
  if (first === 0xff && second === 0xfe) return head[2] === 0 && head[3] === 0 ? undefined : "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
};

/** @throws ToolFailure for a file in UTF-16: what is written is UTF-8, and would be half of each. */
export const assertNotUtf16 = (path: string, bytes: Uint8Array): void => {
  if (utf16Of(bytes) === undefined) return;
  throw new ToolFailure(
    `${path} is in UTF-16. It can be read, and only UTF-8 can be changed. Nothing was changed: convert it with a command first.`,
  );
};

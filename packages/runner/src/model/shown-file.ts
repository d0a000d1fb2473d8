import type { MessageFile } from "@holdfast/core";

/** A file by its name and type, in one line: a name that somebody else gave it must not look like words of its own. */
export const shownFile = ({ name = "a file", mediaType }: MessageFile): string =>
  `${name}, ${mediaType}`.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");

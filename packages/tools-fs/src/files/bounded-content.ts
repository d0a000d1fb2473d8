import { ToolFailure } from "@holdfast/core/tool";

/** A file that is changed has at most this many bytes, before and after: 10 MiB. */
export const maxEditBytes = 10 * 1024 * 1024;

/** @throws ToolFailure for a content that is larger than a file may become. */
export const boundedContent = (path: string, content: Buffer): Buffer => {
  if (content.length > maxEditBytes) throw tooLarge(path);
  return content;
};

/** What the model reads of a file that would become too large. */
export const tooLarge = (path: string): ToolFailure =>
  new ToolFailure(`${path} would become larger than ${maxEditBytes} bytes. Nothing was changed.`);

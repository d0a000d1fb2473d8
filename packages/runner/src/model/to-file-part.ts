import { matchesPattern } from "@holdfast/core";

import { shownFile } from "./shown-file.ts";

import type { LanguageModelV4FilePart, LanguageModelV4TextPart } from "@ai-sdk/provider";
import type { MessageFile } from "@holdfast/core";

/** Media types that a model takes, as patterns. Undefined where nobody said: then there is nothing that it is not shown. */
export type TakenMedia = readonly string[] | undefined;

/** Whether a model is shown a file. */
export const isTaken = ({ mediaType }: MessageFile, media: TakenMedia): boolean =>
  media === undefined || media.some((pattern) => matchesPattern(pattern, mediaType));

/** A file as a model is shown it that takes its media type; what is said in its place to one that does not. */
export const toFilePart = (file: MessageFile, media: TakenMedia): LanguageModelV4FilePart | LanguageModelV4TextPart => {
  if (!isTaken(file, media)) return { type: "text", text: leftOut(file) };
  const { data, mediaType, name } = file;
  return {
    type: "file",
    data: { type: "data", data },
    mediaType,
    ...(name === undefined ? {} : { filename: name }),
  };
};

/** What stands in the place of a file that a model does not take. */
export const leftOut = (file: MessageFile): string =>
  `[Left out: ${shownFile(file)}. This model takes no files of its kind.]`;

import { shownName } from "../text/shown-name.ts";

import type { ReadOutput } from "./read-result.ts";

type Of<TType extends ReadOutput["type"]> = Extract<ReadOutput, { readonly type: TType }>;
/** One name of a directory. */
export type ReadEntry = Of<"directory">["entries"][number];

/** What the model reads of what `read` returned. */
export const presentRead = (output: ReadOutput): string => {
  switch (output.type) {
    case "text":
      return presentText(output);
    case "line":
      return presentLine(output);
    case "directory":
      return presentDirectory(output);
    default:
      return presentImage(output);
  }
};

const presentText = ({ text, offset, lines, next }: Of<"text">): string => {
  if (lines === 0) return "(The file is empty.)";
  if (offset === 1 && next === undefined) return text;
  const range = `Lines ${offset} to ${offset + lines - 1}`;
  return `${text}\n\n(${range}${next === undefined ? ", the end of the file" : `; go on with offset ${next}`}.)`;
};

const presentLine = ({ text, offset, lineOffset, nextLineOffset, next }: Of<"line">): string => {
  const rest =
    nextLineOffset === undefined
      ? `, its end${next === undefined ? ", and the end of the file" : `; go on with offset ${next}`}`
      : `; go on with offset ${offset} and lineOffset ${nextLineOffset}`;
  return `${text}\n\n(Line ${offset} from byte ${lineOffset}${rest}.)`;
};

const presentDirectory = ({ entries, offset, next }: Of<"directory">): string => {
  if (entries.length === 0) return "(The directory is empty.)";
  const names = entries.map(presentEntry).join("\n");
  if (offset === 1 && next === undefined) return names;
  const range = `Entries ${offset} to ${offset + entries.length - 1}`;
  return `${names}\n\n(${range}${next === undefined ? ", the last" : `; go on with offset ${next}`}.)`;
};

const presentImage = ({ path, mediaType, width, height, bytes }: Of<"image">): string =>
  `${path} is an image: ${mediaType}, ${width} × ${height} pixels, ${bytes} bytes.`;

const suffixes = { directory: "/", file: "", link: "@", other: " (device, pipe or socket)" } as const;

/** A name as it is listed. */
export const presentEntry = ({ name, kind }: ReadEntry): string =>
  // A name may hold a line end, and would then look like two.
  `${shownName(name)}${suffixes[kind]}`;

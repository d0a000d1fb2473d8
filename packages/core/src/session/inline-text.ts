import type { TextValue } from "../event/blob-ref.ts";
import type { InputFile } from "../event/input-events.ts";
import type { MessageFile } from "./message.ts";

/** A text that stands in its event. One that is a blob's was to be fetched before: see `inlineBlobs`. */
export const inlineText = (value: TextValue): string => {
  if (typeof value === "string") return value;
  throw new TypeError(`expected an inline text, found blob ${value.$blob}: fetch an event's blobs before folding it`);
};

/** A file whose content stands in its event. */
export const inlineFile = (file: InputFile): MessageFile => ({ ...file, data: inlineText(file.data) });

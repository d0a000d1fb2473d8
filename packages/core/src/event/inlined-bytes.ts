import type { TextValue } from "./blob-ref.ts";
import type { DurableEvent } from "./catalogue.ts";
import type { InputFile } from "./input-events.ts";

/** How many bytes the texts have that `inlineBlobs` would put into an event. 0 where it refers to none. */
export const inlinedBytes = (event: DurableEvent): number => {
  switch (event.type) {
    case "text.ended":
    case "reasoning.ended":
      return bytesOf(event.data.text);
    case "tool.called":
      return bytesOf(event.data.input);
    case "tool.begun":
      return event.data.input === undefined ? 0 : bytesOf(event.data.input);
    case "tool.settled":
      return filesBytes(event.data.media, event.data.hosted === undefined ? 0 : bytesOf(event.data.hosted.result));
    case "input.admitted":
    case "input.replaced":
      return filesBytes(event.data.files, bytesOf(event.data.text));
    default:
      return 0;
  }
};

const filesBytes = (files: readonly InputFile[] = [], others: number): number =>
  files.reduce((sum, { data }) => sum + bytesOf(data), others);

const bytesOf = (value: TextValue): number => (typeof value === "string" ? 0 : value.bytes);

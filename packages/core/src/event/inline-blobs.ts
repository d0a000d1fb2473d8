import { HoldfastError } from "../errors/holdfast-error.ts";

import type { TextValue } from "./blob-ref.ts";
import type { DurableEvent } from "./catalogue.ts";
import type { InputFile } from "./input-events.ts";

/** Reads a blob of a store; null where it holds none such. */
export type ReadBlob = (hash: string) => Promise<string | null>;

/**
 * An event with every text that it refers to put in its place. The event itself where it refers to none.
 *
 * @throws store.corrupt where a blob is not there.
 */
export const inlineBlobs = async (event: DurableEvent, readBlob: ReadBlob): Promise<DurableEvent> => {
  switch (event.type) {
    case "text.ended":
    case "reasoning.ended":
      if (typeof event.data.text === "string") return event;
      return { ...event, data: { ...event.data, text: await inline(event.data.text, readBlob) } };
    case "tool.called":
      if (typeof event.data.input === "string") return event;
      return { ...event, data: { ...event.data, input: await inline(event.data.input, readBlob) } };
    case "tool.begun":
      return inlineBegun(event, readBlob);
    case "tool.settled":
      return inlineSettled(event, readBlob);
    case "input.admitted":
      return hasBlob(event.data) ? { ...event, data: await inlineInput(event.data, readBlob) } : event;
    case "input.replaced":
      return hasBlob(event.data) ? { ...event, data: await inlineInput(event.data, readBlob) } : event;
    default:
      return event;
  }
};

const inlineSettled = async (
  event: DurableEvent<"tool.settled">,
  readBlob: ReadBlob,
): Promise<DurableEvent<"tool.settled">> => {
  const { hosted, media } = event.data;
  if (hosted === undefined && media === undefined) return event;
  return {
    ...event,
    data: {
      ...event.data,
      ...(media === undefined ? {} : { media: await inlineFiles(media, readBlob) }),
      ...(hosted === undefined ? {} : { hosted: { ...hosted, result: await inline(hosted.result, readBlob) } }),
    },
  };
};

const inlineBegun = async (event: DurableEvent<"tool.begun">, readBlob: ReadBlob): Promise<DurableEvent> => {
  const { input } = event.data;
  if (input === undefined || typeof input === "string") return event;
  return { ...event, data: { ...event.data, input: await inline(input, readBlob) } };
};

type InputData = DurableEvent<"input.admitted" | "input.replaced">["data"];

const hasBlob = ({ text, files }: InputData): boolean =>
  typeof text !== "string" || files?.some(({ data }) => typeof data !== "string") === true;

const inlineInput = async <TData extends InputData>(data: TData, readBlob: ReadBlob): Promise<TData> => {
  const text = await inline(data.text, readBlob);
  if (data.files === undefined) return { ...data, text };
  return { ...data, text, files: await inlineFiles(data.files, readBlob) };
};

const inlineFiles = async (files: readonly InputFile[], readBlob: ReadBlob): Promise<InputFile[]> =>
  Promise.all(files.map(async (file) => ({ ...file, data: await inline(file.data, readBlob) })));

const inline = async (value: TextValue, readBlob: ReadBlob): Promise<string> => {
  if (typeof value === "string") return value;
  const text = await readBlob(value.$blob);
  if (text !== null) return text;
  throw new HoldfastError("store.corrupt", {
    message: `Expected blob ${value.$blob} of ${value.bytes} bytes in the store, found nothing: the file is damaged. Restore it from a backup.`,
    data: { blob: value.$blob },
  });
};

import type { BlobRef, TextValue } from "./blob-ref.ts";
import type { DurableEvent } from "./catalogue.ts";

/** The hashes of the blobs that an event refers to. */
export const blobsOf = (event: DurableEvent): readonly string[] => blobRefsOf(event).map(({ $blob }) => $blob);

/**
 * The references of an event to blobs. Only where its type has a place for one: what looks like a reference within a
 * person's metadata or a tool's effect is theirs, and none.
 */
export const blobRefsOf = (event: DurableEvent): readonly BlobRef[] => {
  switch (event.type) {
    case "input.admitted":
    case "input.replaced":
      return [event.data.text, ...(event.data.files ?? []).map(({ data }) => data)].flatMap(refOf);
    case "text.ended":
    case "reasoning.ended":
      return refOf(event.data.text);
    case "tool.called":
      return refOf(event.data.input);
    case "tool.begun":
      return event.data.input === undefined ? [] : refOf(event.data.input);
    case "tool.settled":
      return [event.data.hosted?.result ?? "", ...(event.data.media ?? []).map(({ data }) => data)].flatMap(refOf);
    case "attempt.started":
      return event.data.tools === undefined ? [] : refOf(event.data.tools);
    default:
      return [];
  }
};

const refOf = (value: TextValue): readonly BlobRef[] => (typeof value === "string" ? [] : [value]);

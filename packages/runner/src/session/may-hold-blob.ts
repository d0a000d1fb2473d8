import type { SealedEnvelope } from "@holdfast/core/event";

/** Whether an event's texts may have to be fetched. Those under the inline bound never leave it, so that their type alone says so. */
export const mayHoldBlob = ({ type, data }: SealedEnvelope): boolean =>
  typeof data["text"] === "object" ||
  typeof data["input"] === "object" ||
  Array.isArray(data["files"]) ||
  // The result of a call that the provider ran, and what a tool gave beside its text.
  (type === "tool.settled" && (data["hosted"] !== undefined || data["media"] !== undefined));

import type { EventItem } from "@holdfast/core";
import type { Problem } from "@holdfast/core/wire";

/** One item of a reader as a frame of an event stream (PROTOCOL 4.3). JSON holds no line break, so one `data:` line is enough. */
export const toFrame = (item: EventItem): string => {
  if (item.kind === "event") return `event: event\nid: ${item.cursor}\ndata: ${JSON.stringify(item.event)}\n\n`;
  if (item.kind === "sync") return `event: sync\nid: ${item.cursor}\ndata: {"live":${item.live}}\n\n`;
  if (item.kind === "live") return `event: live\ndata: ${JSON.stringify(item.live)}\n\n`;
  return `event: notice\ndata: ${JSON.stringify(item.notice)}\n\n`;
};

/** Says that the stream is over, and why. */
export const errorFrame = (problem: Problem): string => `event: error\ndata: ${JSON.stringify(problem)}\n\n`;

/** Says that all was told that was asked for. */
export const endFrame = "event: end\ndata: {}\n\n";

/** Says that the server goes, and when to come again. */
export const reconnectFrame = (retryMs: number): string =>
  `retry: ${retryMs}\nevent: reconnect\ndata: {"retryMs":${retryMs}}\n\n`;

/** Begins a stream: says when to come again should it break. Browsers wait three seconds where nobody does. */
export const openingFrame = (retryMs: number): string => `:\nretry: ${retryMs}\n\n`;

/** Says that the stream lives. */
export const heartbeatFrame = ":\n\n";

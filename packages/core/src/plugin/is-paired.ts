import type { RequestMessage } from "./hooks.ts";

/** Whether each call that a model made is followed by its result, and each result follows its call. What a provider ran itself, it knows. */
export const isPaired = (messages: readonly RequestMessage[]): boolean => {
  const open = new Set<unknown>();
  for (const { role, content } of messages) {
    if (!Array.isArray(content)) continue;
    for (const part of content) {
      if (typeof part !== "object" || part === null || !("toolCallId" in part)) continue;
      if (role === "assistant" && part["type"] === "tool-call" && part["providerExecuted"] !== true)
        open.add(part["toolCallId"]);
      if (role === "tool" && part["type"] === "tool-result" && !open.delete(part["toolCallId"])) return false;
    }
  }
  return open.size === 0;
};

import { expect } from "vitest";

import type { LanguageModelV4Prompt } from "@ai-sdk/provider";

/**
 * Checks a request against what OpenAI and Anthropic refuse: every call has exactly one result, in the message right after it; there is no
 * result without its call, no ID twice, no message without content, no text of nothing but blanks; and the model is the one to speak next.
 */
export const expectPaired = (prompt: LanguageModelV4Prompt): void => {
  const seen = new Set<string>();
  const conversation = prompt.filter(({ role }) => role !== "system");
  expect(prompt.slice(-conversation.length)).toEqual(conversation);
  expect(conversation[0]?.role).toBe("user");
  expect(["user", "tool"]).toContain(conversation.at(-1)?.role);
  for (const [index, message] of conversation.entries()) {
    expect(message.content.length).toBeGreaterThan(0);
    if (message.role === "tool") {
      expect(conversation[index - 1]?.role).toBe("assistant");
      continue;
    }
    if (message.role !== "assistant") continue;
    for (const part of message.content) if (part.type === "text") expect(part.text.trim()).not.toBe("");
    const calls = message.content.flatMap((part) => (part.type === "tool-call" ? [part] : []));
    for (const { toolCallId, input } of calls) {
      expect(seen.has(toolCallId)).toBe(false);
      seen.add(toolCallId);
      expect(input).toBeTypeOf("object");
    }
    const next = conversation[index + 1];
    const results = next?.role === "tool" ? next.content.filter(({ type }) => type === "tool-result") : [];
    const named = results.map((result) => ("toolCallId" in result ? [result.toolCallId, result.toolName] : []));
    expect(named).toEqual(calls.map(({ toolCallId, toolName }) => [toolCallId, toolName]));
  }
};

import { canonicalJson, isJsonObject, parseJson } from "@holdfast/core";

import { sha256 } from "../sha256.ts";

import type { LanguageModelV4CallOptions, LanguageModelV4Message } from "@ai-sdk/provider";
import type { AssistantMessage, CallPart, JsonValue, Message } from "@holdfast/core";
import type { Tool } from "@holdfast/core/tool";

type AnswerContent = Extract<LanguageModelV4Message, { readonly role: "assistant" }>["content"];

/** What a model is asked. */
export interface FakeRequest {
  readonly prompt: readonly LanguageModelV4Message[];
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  readonly hash: string;
}

/** The request for messages: each call with its result, whatever became of it. */
export const toRequest = (messages: readonly Message[], tools: Iterable<Tool>): FakeRequest => {
  const prompt = messages.flatMap((message) =>
    message.role === "assistant" ? toAnswer(message) : [toUser(message.text)],
  );
  const told = [...tools].map(({ name, description }) => ({ name, description }));
  return { prompt, tools: told, hash: sha256(canonicalJson({ prompt, tools: told } as unknown as JsonValue)) };
};

/** The same as a provider is given it. */
export const toCallOptions = (request: FakeRequest, abortSignal: AbortSignal): LanguageModelV4CallOptions => ({
  prompt: [...request.prompt],
  tools: request.tools.map((tool) => ({ type: "function", ...tool, inputSchema: { type: "object" } })),
  abortSignal,
});

const toUser = (text: string): LanguageModelV4Message => ({ role: "user", content: [{ type: "text", text }] });

const toAnswer = ({ content }: AssistantMessage): readonly LanguageModelV4Message[] => {
  const calls = content.filter((part): part is CallPart => part.type === "call");
  const said = content.flatMap((part): AnswerContent => {
    if (part.type !== "call") return part.text === "" ? [] : [{ type: part.type, text: part.text }];
    return [{ type: "tool-call", toolCallId: part.callId, toolName: part.name, input: inputOf(part) }];
  });
  const results = calls.map(({ callId, name, outcome }) => ({
    type: "tool-result" as const,
    toolCallId: callId,
    toolName: name,
    output:
      outcome?.status === "completed"
        ? { type: "text" as const, value: outcome.content }
        : { type: "error-text" as const, value: outcome?.content ?? "The call was interrupted." },
  }));
  return [
    ...(said.length === 0 ? [] : [{ role: "assistant" as const, content: said }]),
    ...(results.length === 0 ? [] : [{ role: "tool" as const, content: results }]),
  ];
};

const inputOf = ({ input }: CallPart) => {
  const parsed = parseJson(input);
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : { invalidInput: input };
};

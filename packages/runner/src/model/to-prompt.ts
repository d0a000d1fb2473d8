import { parseJson } from "@holdfast/core";

import { toCallObject } from "./call-object.ts";
import { shownFile } from "./shown-file.ts";
import { isTaken, leftOut, toFilePart } from "./to-file-part.ts";

import type { LanguageModelV4Message, LanguageModelV4ToolResultPart, SharedV4ProviderOptions } from "@ai-sdk/provider";
import type {
  AssistantMessage,
  BlockPart,
  CallPart,
  HostedResult,
  JsonObject,
  Message,
  ModelRef,
  SystemMessage,
  UserMessage,
} from "@holdfast/core";
import type { TakenMedia } from "./to-file-part.ts";

type AssistantContent = Extract<LanguageModelV4Message, { readonly role: "assistant" }>["content"];
type UserContent = Extract<LanguageModelV4Message, { readonly role: "user" }>["content"];

/**
 * A message of history as the model is shown it. Every call is paired with a result, whatever became of it.
 *
 * @param media What the model takes of files; of any other it is told that it is left out.
 */
export const toPromptMessages = (
  message: Message,
  model: ModelRef,
  media?: TakenMedia,
): readonly LanguageModelV4Message[] => {
  if (message.role === "system") return [toUpdate(message)];
  return message.role === "user" ? [toUser(message, media)] : toAssistant(message, model, media);
};

/**
 * In the user's role, and marked, for every provider: a system message in the middle of a conversation is refused by some, and moved to its beginning by others,
 * where it would break the cache. What looks like the mark within it, however it is written, is broken, so that it ends where we end it.
 */
const toUpdate = ({ text }: SystemMessage): LanguageModelV4Message => ({
  role: "user",
  content: [
    {
      type: "text",
      text: `<system-update>\n${text.replaceAll(/<(?=[\s/]*system-update)/gi, "&lt;")}\n</system-update>`,
    },
  ],
});

const toUser = ({ text, files = [] }: UserMessage, media: TakenMedia): LanguageModelV4Message => ({
  role: "user",
  content: [{ type: "text", text }, ...files.map((file) => toFilePart(file, media))],
});

const toAssistant = (
  message: AssistantMessage,
  model: ModelRef,
  media: TakenMedia,
): readonly LanguageModelV4Message[] => {
  const sameModel = message.model.id === model.id && message.model.provider === model.provider;
  // What the provider ran itself has its result beside it, in that provider's own form.
  const calls = message.content.filter(
    (part): part is CallPart => part.type === "call" && !(sameModel && part.hosted !== undefined),
  );
  const content = message.content.flatMap((part) => toContent(part, sameModel));
  const messages: LanguageModelV4Message[] = [];
  if (message.synthetic !== undefined) {
    messages.push({ role: "user", content: [{ type: "text", text: message.synthetic }] });
  }
  if (content.length > 0) messages.push({ role: "assistant", content });
  if (calls.length > 0) messages.push({ role: "tool", content: calls.map((call) => toResult(call, media)) });
  const shown = calls.flatMap((call) => toShownMedia(call, media));
  if (shown.length > 0) messages.push({ role: "user", content: shown });
  return messages;
};

/**
 * The files that a call gave, after all results of its message. In the user's role: there every provider takes them that takes any, while
 * half of the packages for providers put a file within a result before the model as base64 text.
 */
const toShownMedia = ({ name, media = [] }: CallPart, taken: TakenMedia): UserContent => {
  const files = media.filter((file) => isTaken(file, taken));
  if (files.length === 0) return [];
  const text = `Of the result of ${toToolName(name)}: ${files.map(shownFile).join("; ")}.`;
  return [{ type: "text", text }, ...files.map((file) => toFilePart(file, taken))];
};

const toContent = (part: BlockPart | CallPart, sameModel: boolean): AssistantContent => {
  const native = optionsOf(sameModel ? part.providerMetadata : undefined);
  if (part.type === "call") {
    if (sameModel && part.hosted !== undefined) return toHosted(part, part.hosted);
    const name = toToolName(part.name);
    return [{ type: "tool-call", toolCallId: part.callId, toolName: name, input: toInput(part.input), ...native }];
  }
  // Nothing but blanks is refused by providers that write it themselves between two calls.
  const isBlank = part.text.trim() === "";
  if (part.type === "text") return isBlank ? [] : [{ type: "text", text: part.text, ...native }];
  // Cut reasoning has no valid signature, and another model's means nothing here: neither is replayed natively.
  if (part.cut === true) return [];
  // Redacted and encrypted reasoning has no text, and its provider refuses a conversation without it.
  if (isBlank && native.providerOptions === undefined) return [];
  return [sameModel ? { type: "reasoning", text: part.text, ...native } : { type: "text", text: part.text }];
};

/** A call that this very provider ran, with its result, both under the provider's own ID and with what it wants to see again. */
const toHosted = (
  { providerCallId, name, input, providerMetadata }: CallPart,
  { result, isError, providerMetadata: ofResult }: HostedResult,
): AssistantContent => {
  const parsed = parseJson(result);
  const value = parsed.ok ? parsed.value : result;
  const kind = typeof value === "string" ? "text" : "json";
  const part = { toolCallId: providerCallId, toolName: toToolName(name) };
  return [
    { type: "tool-call", ...part, input: toInput(input), providerExecuted: true, ...optionsOf(providerMetadata) },
    {
      type: "tool-result",
      ...part,
      output: { type: isError === true ? `error-${kind}` : kind, value } as LanguageModelV4ToolResultPart["output"],
      ...optionsOf(ofResult),
    },
  ];
};

const optionsOf = (metadata: JsonObject | undefined) =>
  metadata === undefined ? {} : { providerOptions: toOptions(metadata) };

// An object in any case: providers refuse a call without one.
const toInput = (text: string): JsonObject => toCallObject(text === "" ? "{}" : text) ?? { invalidInput: text };

// A name that a model made up is refused by its provider when it is shown again ("functions.look", or none at all). Ours all fit.
const toToolName = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "_";

const toResult = (
  { callId, name, outcome, media = [] }: CallPart,
  taken: TakenMedia,
): LanguageModelV4ToolResultPart => ({
  type: "tool-result",
  toolCallId: callId,
  toolName: toToolName(name),
  output:
    outcome?.status === "completed"
      ? {
          type: "text",
          value: [outcome.content, ...media.filter((file) => !isTaken(file, taken)).map(leftOut)].join("\n"),
        }
      : { type: "error-text", value: outcome?.content ?? "The call was interrupted before it had an outcome." },
});

const toOptions = (metadata: JsonObject): SharedV4ProviderOptions => metadata as SharedV4ProviderOptions;

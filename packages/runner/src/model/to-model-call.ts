import { toMetadata } from "./to-json.ts";

import type { LanguageModelV4ToolCall } from "@ai-sdk/provider";
import type { JsonObject } from "@holdfast/core";

/** What a provider says of a call, made fit for the log. */
export interface ProviderCall {
  readonly providerCallId: string;
  readonly name: string;
  /** JSON text, or what the model wrote instead. */
  readonly input: string;
  readonly providerExecuted: boolean;
  readonly providerMetadata: JsonObject | undefined;
}

/** A call as it can be put down, whatever the provider made of it: what is no text is none. */
export const toModelCall = (part: LanguageModelV4ToolCall): ProviderCall => ({
  providerCallId: textOf(part.toolCallId).toWellFormed(),
  name: textOf(part.toolName).toWellFormed(),
  input: toInputText(part.input),
  providerExecuted: part.providerExecuted === true,
  providerMetadata: toMetadata(part.providerMetadata),
});

/** A text of a provider's; empty where it is something else. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

// Some providers hand over the input as a value.
const toInputText = (input: unknown): string => {
  if (typeof input === "string") return input;
  try {
    return JSON.stringify(input) ?? "";
  } catch {
    // A cycle or a bigint: what was asked for cannot be told, so the call must not be taken for one without input.
    return "[input that is no JSON]";
  }
};

import { canonicalJson } from "@holdfast/core";

import { toJson, toMetadata } from "./to-json.ts";
import { textOf } from "./to-model-call.ts";

import type { LanguageModelV4ToolResult } from "@ai-sdk/provider";
import type { JsonObject, JsonValue } from "@holdfast/core";

/** What a provider says of a call that it ran itself, made fit for the log. */
export interface ProviderResult {
  readonly providerCallId: string;
  /** Undefined where it is no JSON, or larger than any that can be kept. */
  readonly result: { readonly value: JsonValue; readonly json: string } | undefined;
  readonly isError: boolean;
  readonly providerMetadata: JsonObject | undefined;
}

/** A result as it can be put down, whatever the provider made of it; undefined for one that another will replace. */
export const toHostedResult = (part: LanguageModelV4ToolResult): ProviderResult | undefined => {
  if (part.preliminary === true) return undefined;
  const value = toJson(part.result);
  return {
    providerCallId: textOf(part.toolCallId).toWellFormed(),
    result: value === undefined ? undefined : { value, json: canonicalJson(value) },
    isError: part.isError === true,
    providerMetadata: toMetadata(part.providerMetadata),
  };
};

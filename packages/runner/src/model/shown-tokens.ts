import { canonicalJson } from "@holdfast/core";

import { charactersOf, toTokens } from "./estimate.ts";
import { toPromptMessages } from "./to-prompt.ts";

import type { LanguageModelV4Message } from "@ai-sdk/provider";
import type { JsonValue, Message } from "@holdfast/core";
import type { ReadyModel } from "./resolve-model.ts";

/** Roughly how many tokens messages take in a request. */
export const tokensOf = (shown: readonly LanguageModelV4Message[]): number =>
  toTokens(charactersOf(shown, canonicalJson(shown as unknown as JsonValue).length));

/** Roughly how many tokens a message of history takes in a request to a model: without the files that it is not shown. */
export const shownTokens = (message: Message, { ref, media }: Pick<ReadyModel, "ref" | "media">): number =>
  tokensOf(toPromptMessages(message, ref, media));

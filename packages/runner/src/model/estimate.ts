import type { LanguageModelV4Message } from "@ai-sdk/provider";

/** English text has some four characters to a token, code and JSON some three: near enough to charge what nobody can ask about any more. */
const charactersPerToken = 4;

/** Characters that a file counts, whatever its size: an image is some 1,500 tokens to most providers, and not its base64. */
const fileCharacters = 6_000;

/** Roughly how many tokens a text of so many characters is. */
export const toTokens = (characters: number): number => Math.ceil(characters / charactersPerToken);

/**
 * What messages count in an estimate.
 *
 * @param length Of the messages as JSON.
 */
export const charactersOf = (messages: readonly LanguageModelV4Message[], length: number): number => {
  let characters = length;
  for (const message of messages) {
    if (message.role !== "user") continue;
    for (const part of message.content) {
      if (part.type === "file" && part.data.type === "data" && typeof part.data.data === "string")
        characters += fileCharacters - part.data.data.length;
    }
  }
  return characters;
};

import type { LanguageModelV4Message } from "@ai-sdk/provider";

/** A summary as a model is shown it, before the messages that it does not stand for. */
export const summaryMessage = (summary: string): LanguageModelV4Message => ({
  role: "user",
  content: [
    {
      type: "text",
      text: `The conversation so far was long. These are the notes on it; what follows comes after them.\n\n${summary}`,
    },
  ],
});

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";

import { openaiRefusal } from "./openai-refusal.ts";

import type { Beat, Wire } from "./beat.ts";

const frame = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

const chunk = (delta: object, finish: string | null = null): string =>
  frame({
    id: "chat-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });

const reasons = {
  stop: "stop",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
  length: "length",
} as const;

const framesOf = (beat: Beat, index: number): readonly string[] => {
  switch (beat.type) {
    case "text":
      return beat.deltas.map((content) => chunk({ content }));
    case "reasoning":
      return beat.deltas.map((content) => chunk({ reasoning_content: content }));
    case "call": {
      const { id, name } = beat;
      const start = { index, id, type: "function", function: { name, arguments: "" } };
      return [
        chunk({ tool_calls: [start] }),
        ...beat.deltas.map((text) => chunk({ tool_calls: [{ index, function: { arguments: text } }] })),
      ];
    }
    case "end": {
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
      return [
        chunk({}, reasons[beat.reason]),
        frame({ id: "chat-1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage }),
        "data: [DONE]\n\n",
      ];
    }
    default:
      return [frame(openaiRefusal(beat.trouble).body)];
  }
};

/** Chat completions, as most servers of open models speak them. */
export const openaiCompatibleWire: Wire = {
  name: "OpenAI-compatible",
  model: (baseURL) => createOpenAICompatible({ name: "local", baseURL, apiKey: "key" })("m"),
  frames: (beats) => {
    let calls = 0;
    return beats.flatMap((beat) => framesOf(beat, beat.type === "call" ? calls++ : 0));
  },
  refusal: openaiRefusal,
};

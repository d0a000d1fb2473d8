import { createAnthropic } from "@ai-sdk/anthropic";

import type { Beat, Refusal, Trouble, Wire } from "./beat.ts";

const frame = (data: { readonly type: string; readonly [key: string]: unknown }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const start = frame({
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 1 },
  },
});

const reasons = {
  stop: "end_turn",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  length: "max_tokens",
} as const;

const framesOf = (beat: Beat, index: number): readonly string[] => {
  switch (beat.type) {
    case "text":
      return blockOf(beat, index, {
        block: { type: "text", text: "" },
        delta: (text) => ({ type: "text_delta", text }),
      });
    case "reasoning":
      return blockOf(beat, index, {
        block: { type: "thinking", thinking: "", signature: "" },
        delta: (thinking) => ({ type: "thinking_delta", thinking }),
        last: { type: "signature_delta", signature: "signed" },
      });
    case "call":
      return blockOf(beat, index, {
        block: { type: "tool_use", id: beat.id, name: beat.name, input: {} },
        delta: (partial) => ({ type: "input_json_delta", partial_json: partial }),
      });
    case "end":
      return [
        frame({
          type: "message_delta",
          delta: { stop_reason: reasons[beat.reason], stop_sequence: null },
          usage: { output_tokens: 5 },
        }),
        frame({ type: "message_stop" }),
      ];
    default:
      return [frame(anthropicRefusal(beat.trouble).body as { readonly type: string })];
  }
};

const blockOf = (
  beat: Extract<Beat, { readonly deltas: readonly string[] }>,
  index: number,
  shape: { readonly block: object; readonly delta: (text: string) => object; readonly last?: object },
): readonly string[] => [
  frame({ type: "content_block_start", index, content_block: shape.block }),
  ...[...beat.deltas.map(shape.delta), ...(shape.last === undefined ? [] : [shape.last])].map((delta) =>
    frame({ type: "content_block_delta", index, delta }),
  ),
  ...(beat.open === true ? [] : [frame({ type: "content_block_stop", index })]),
];

const refusal = (status: number, type: string, message: string): Refusal => ({
  status,
  body: { type: "error", error: { type, message } },
});

const anthropicRefusal = (trouble: Trouble): Refusal => refusals[trouble];

const refusals: Record<Trouble, Refusal> = {
  "rate-limit": refusal(429, "rate_limit_error", "This request would exceed your rate limit."),
  server: refusal(500, "api_error", "Internal server error"),
  overloaded: refusal(529, "overloaded_error", "Overloaded"),
  overflow: refusal(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
  key: refusal(401, "authentication_error", "invalid x-api-key"),
  invalid: refusal(400, "invalid_request_error", "tools.0: Input should be a valid dictionary"),
  quota: refusal(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
};

/** The Messages API of Anthropic. */
export const anthropicWire: Wire = {
  name: "Anthropic Messages",
  model: (baseURL) => createAnthropic({ baseURL, apiKey: "key" })("m"),
  frames: (beats) => [start, ...beats.flatMap(framesOf)],
  refusal: anthropicRefusal,
};

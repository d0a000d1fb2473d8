import { createOpenAI } from "@ai-sdk/openai";

import { openaiRefusal } from "./openai-refusal.ts";

import type { Beat, Wire } from "./beat.ts";

const frame = (data: { readonly type: string; readonly [key: string]: unknown }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const created = frame({
  type: "response.created",
  response: { id: "resp_1", object: "response", created_at: 1, model: "m", status: "in_progress" },
});

const item = (state: "added" | "done", index: number, value: object): string =>
  frame({ type: `response.output_item.${state}`, output_index: index, item: value });

const framesOf = (beat: Beat, index: number): readonly string[] => {
  switch (beat.type) {
    case "text":
      return textOf(beat.deltas, { index, open: beat.open === true });
    case "reasoning":
      return reasoningOf(beat.deltas, index);
    case "call":
      return callOf(beat, index);
    case "end":
      return [endOf(beat.reason)];
    default: {
      const { error } = openaiRefusal(beat.trouble).body as { readonly error: object };
      return [frame({ type: "error", sequence_number: 9, error })];
    }
  }
};

const textOf = (deltas: readonly string[], { index, open }: { readonly index: number; readonly open: boolean }) => {
  const id = `msg_${index}`;
  const message = { type: "message", id, role: "assistant", content: [], status: "in_progress" };
  return [
    item("added", index, message),
    ...deltas.map((delta) =>
      frame({ type: "response.output_text.delta", item_id: id, output_index: index, content_index: 0, delta }),
    ),
    ...(open ? [] : [item("done", index, { ...message, status: "completed" })]),
  ];
};

const reasoningOf = (deltas: readonly string[], index: number): readonly string[] => {
  const id = `rs_${index}`;
  const place = { item_id: id, output_index: index, summary_index: 0 };
  const part = { type: "summary_text", text: "" };
  return [
    item("added", index, { type: "reasoning", id, summary: [], encrypted_content: null }),
    frame({ type: "response.reasoning_summary_part.added", ...place, part }),
    ...deltas.map((delta) => frame({ type: "response.reasoning_summary_text.delta", ...place, delta })),
    frame({ type: "response.reasoning_summary_part.done", ...place, part: { ...part, text: deltas.join("") } }),
    item("done", index, { type: "reasoning", id, summary: [], encrypted_content: "secret" }),
  ];
};

const callOf = (beat: Extract<Beat, { readonly type: "call" }>, index: number): readonly string[] => {
  const id = `fc_${index}`;
  const call = { type: "function_call", id, call_id: beat.id, name: beat.name, arguments: "", status: "in_progress" };
  const done = { ...call, arguments: beat.deltas.join(""), status: "completed" };
  return [
    item("added", index, call),
    ...beat.deltas.map((delta) =>
      frame({ type: "response.function_call_arguments.delta", item_id: id, output_index: index, delta }),
    ),
    ...(beat.open === true ? [] : [item("done", index, done)]),
  ];
};

const endOf = (reason: Extract<Beat, { readonly type: "end" }>["reason"]): string => {
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 15,
  };
  const why = { "content-filter": "content_filter", length: "max_output_tokens", stop: null, "tool-calls": null }[
    reason
  ];
  const response = { id: "resp_1", usage, incomplete_details: why === null ? null : { reason: why } };
  return frame({ type: why === null ? "response.completed" : "response.incomplete", response });
};

/** The Responses API of OpenAI. */
export const openaiResponsesWire: Wire = {
  name: "OpenAI Responses",
  model: (baseURL) => createOpenAI({ baseURL, apiKey: "key" }).responses("m"),
  frames: (beats) => [created, ...beats.flatMap(framesOf)],
  refusal: openaiRefusal,
};

import type { Refusal, Trouble } from "./beat.ts";

const refusal = (status: number, [type, code]: readonly [string, string | null], message: string): Refusal => ({
  status,
  body: { error: { message, type, param: null, code } },
});

/** What OpenAI, and who follows it, answers in place of a stream. */
export const openaiRefusal = (trouble: Trouble): Refusal => refusals[trouble];

const refusals: Record<Trouble, Refusal> = {
  "rate-limit": refusal(429, ["requests", "rate_limit_exceeded"], "Rate limit reached for m: limit 3 per minute."),
  server: refusal(500, ["server_error", null], "The server had an error while processing your request."),
  overloaded: refusal(529, ["server_error", null], "The engine is currently overloaded, please try again later."),
  overflow: refusal(
    400,
    ["invalid_request_error", "context_length_exceeded"],
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
  ),
  key: refusal(401, ["invalid_request_error", "invalid_api_key"], "Incorrect API key provided: key."),
  invalid: refusal(400, ["invalid_request_error", null], "Unsupported value: 'tools'."),
  quota: refusal(429, ["insufficient_quota", "insufficient_quota"], "You exceeded your current quota."),
};

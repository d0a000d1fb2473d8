import * as z from "zod";

const tokens = z.int().min(0);

/** Tokens of one attempt, as the provider reported them; 0 where it did not. `cacheRead` and `cacheWrite` are part of `input`. */
export const usageSchema = z.strictObject({
  input: tokens,
  output: tokens,
  reasoning: tokens,
  cacheRead: tokens,
  cacheWrite: tokens,
});
export type Usage = z.infer<typeof usageSchema>;

/** No tokens at all. */
export const noUsage: Usage = { input: 0, output: 0, reasoning: 0, cacheRead: 0, cacheWrite: 0 };

/** The tokens of two attempts together. */
export const addUsage = (left: Usage, right: Usage): Usage => ({
  input: left.input + right.input,
  output: left.output + right.output,
  reasoning: left.reasoning + right.reasoning,
  cacheRead: left.cacheRead + right.cacheRead,
  cacheWrite: left.cacheWrite + right.cacheWrite,
});

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

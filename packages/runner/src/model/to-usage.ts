import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Usage } from "@holdfast/core/event";
import type { Price } from "../runtime-options.ts";

const perMillion = 1_000_000;

/** A provider's report as whole, non-negative numbers; what it did not report is 0. */
export const toUsage = (usage: LanguageModelV4Usage | undefined): Usage => ({
  input: count(usage?.inputTokens.total),
  output: count(usage?.outputTokens.total),
  reasoning: count(usage?.outputTokens.reasoning),
  cacheRead: count(usage?.inputTokens.cacheRead),
  cacheWrite: count(usage?.inputTokens.cacheWrite),
});

/** What an attempt cost; 0 without a price. */
export const toCost = (usage: Usage, price: Price | undefined): number => {
  if (price === undefined) return 0;
  const fresh = Math.max(0, usage.input - usage.cacheRead);
  const input = fresh * price.input + usage.cacheRead * (price.cacheRead ?? price.input);
  return (input + usage.output * price.output) / perMillion;
};

const count = (value: number | undefined): number =>
  value === undefined || !Number.isFinite(value) ? 0 : Math.max(0, Math.round(value));

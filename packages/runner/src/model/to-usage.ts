import { member } from "./member.ts";

import type { Usage } from "@holdfast/core/event";
import type { Price } from "../runtime-options.ts";

const perMillion = 1_000_000;

/** A provider's report as whole, non-negative numbers; what it did not report, or not as a number, is 0. */
export const toUsage = (usage: unknown): Usage => {
  const input = member(usage, "inputTokens");
  const output = member(usage, "outputTokens");
  return {
    input: count(input, "total"),
    output: count(output, "total"),
    reasoning: count(output, "reasoning"),
    cacheRead: count(input, "cacheRead"),
    cacheWrite: count(input, "cacheWrite"),
  };
};

/** What an attempt cost; 0 without a price, or with one that gives no amount. */
export const toCost = (usage: Usage, price: Price | undefined): number => {
  if (price === undefined || price === null) return 0;
  const { cacheRead, cacheWrite } = usage;
  const fresh = Math.max(0, usage.input - cacheRead - cacheWrite);
  const cached = cacheRead * (price.cacheRead ?? price.input) + cacheWrite * (price.cacheWrite ?? price.input);
  const input = fresh * price.input + cached;
  const cost = (input + usage.output * price.output) / perMillion;
  return Number.isFinite(cost) ? Math.max(0, cost) : 0;
};

/** No provider counts beyond it; whatever is said there is a mistake, and must not break the log. */
const count = (tokens: unknown, name: string): number => {
  const value = member(tokens, name);
  if (typeof value !== "number" || !Number.isFinite(value)) return 0;
  return Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER);
};

import { canonicalJson } from "@holdfast/core";
import { noUsage } from "@holdfast/core/event";
import { compactionLimits, summaryPrompt } from "@holdfast/core/session";

import { toTokens } from "../model/estimate.ts";
import { resolveModel } from "../model/resolve-model.ts";
import { toCost } from "../model/to-usage.ts";
import { sha256 } from "../ports/sha256.ts";
import { contextFor } from "./context-for.ts";

import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { Cut, History } from "@holdfast/core/session";
import type { ReadyModel } from "../model/resolve-model.ts";
import type { Kernel } from "./kernel.ts";
import type { CompactionTask } from "./compaction-due.ts";

/** A request for a summary as it will be made. */
export interface SummaryRequest {
  readonly model: ReadyModel;
  readonly options: LanguageModelV4CallOptions;
  readonly hash: string;
  readonly estimate: { readonly input: number; readonly cost: number };
  /** Tokens that the summary may have. */
  readonly mostTokens: number;
}

/**
 * Assembles the request for a summary of what is cut off, which fits into the window of whoever makes it.
 *
 * @throws model.unknown, model.unsupported, and what the host's function throws.
 */
export const summaryRequest = async (
  { services }: Kernel,
  history: History,
  { cut, task }: { readonly cut: Cut; readonly task: CompactionTask },
): Promise<SummaryRequest> => {
  const { setting, settles } = task;
  const ref = services.compaction.model;
  const model = ref === undefined ? setting.model : await resolveModel(ref, services.model);
  const limits = compactionLimits(contextFor({ ...task, setting: { ...setting, model } }));
  const { compactions } = history;
  const { instructions, text } = summaryPrompt({
    previous: compactions.summary?.text,
    messages: cut.replaced,
    wishes: settles.map((messageId) => compactions.wishOf(messageId)),
    // An estimate counts four characters a token, and this text is as dense as any.
    characters: limits.request * 3,
  });
  const input = toTokens(instructions.length + text.length);
  return {
    model,
    options: {
      prompt: [
        { role: "system", content: instructions },
        { role: "user", content: [{ type: "text", text }] },
      ],
      maxOutputTokens: limits.summary,
    },
    hash: sha256(canonicalJson([instructions, text])),
    estimate: { input, cost: toCost({ ...noUsage, input }, model.price) },
    mostTokens: limits.summary,
  };
};

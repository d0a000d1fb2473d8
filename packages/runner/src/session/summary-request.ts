import { canonicalJson, deepFreeze } from "@holdfast/core";
import { noUsage } from "@holdfast/core/event";
import { compactionLimits, keptTexts, summaryPrompt } from "@holdfast/core/session";

import { unlessAborted } from "../location/unless-aborted.ts";
import { charactersOf, toTokens } from "../model/estimate.ts";
import { resolveModel } from "../model/resolve-model.ts";
import { toCost } from "../model/to-usage.ts";
import { sha256 } from "../ports/sha256.ts";
import { contextFor } from "./context-for.ts";
import { hookRequest } from "./hook-request.ts";

import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { CompactionPreparation } from "@holdfast/core/plugin";
import type { Cut } from "@holdfast/core/session";
import type { ReadyModel } from "../model/resolve-model.ts";
import type { Kernel } from "./kernel.ts";
import type { CompactionTask } from "./compaction-due.ts";
import type { Lane } from "./lane.ts";

/** A request for a summary as it will be made. */
export interface SummaryRequest {
  readonly model: ReadyModel;
  readonly options: LanguageModelV4CallOptions;
  readonly hash: string;
  /** That of what plugins made of it, where they changed it. */
  readonly hookedHash?: string;
  readonly estimate: { readonly input: number; readonly cost: number };
  /** Tokens that the summary may have. */
  readonly mostTokens: number;
  /** What stands below the summary as it is. */
  readonly kept: string;
}

/**
 * Assembles the request for a summary of what is cut off, which fits into the window of whoever makes it. Plugins add to what it is to heed, and
 * to what stays as it is.
 *
 * @throws model.unknown, model.unsupported, and what the host's function throws.
 */
export const summaryRequest = async (
  { services }: Kernel,
  lane: Lane,
  { cut, task }: { readonly cut: Cut; readonly task: CompactionTask },
): Promise<SummaryRequest> => {
  const { setting } = task;
  const ref = services.compaction.model;
  const model = ref === undefined ? setting.model : await resolveModel(ref, services.model);
  const limits = compactionLimits(contextFor({ ...task, setting: { ...setting, model } }));
  const prepared = await prepare(lane, { cut, task, model });
  const kept = keptTexts(prepared.keep, limits.summary);
  const mostTokens = limits.summary - toTokens(kept.length);
  const { instructions, text } = summaryPrompt({
    previous: lane.history.history.compactions.summary?.text,
    messages: cut.replaced,
    wishes: prepared.instructions,
    // An estimate counts four characters a token, and this text is as dense as any.
    characters: limits.request * 3,
  });
  const prompt: LanguageModelV4Prompt = [
    { role: "system", content: instructions },
    { role: "user", content: [{ type: "text", text }] },
  ];
  const { sessionId, location } = lane.work;
  const subject = { sessionId, agent: setting.agentName, model: deepFreeze({ ...model.ref }) };
  // Whoever takes secrets out of requests takes them out of this one.
  const hooked = await hookRequest({ hooks: location.hooks, signal: lane.signal }, subject, () =>
    deepFreeze(structuredClone(prompt)),
  );
  const input = toTokens(
    hooked === undefined ? instructions.length + text.length : charactersOf(hooked.prompt, hooked.characters),
  );
  return {
    model,
    options: {
      prompt: hooked?.prompt ?? prompt,
      ...(hooked === undefined ? {} : { providerOptions: hooked.providerOptions }),
      // What a model thinks counts, too; the reserve has room for as much again, and what it writes is bounded.
      maxOutputTokens: mostTokens * 2,
    },
    hash: sha256(canonicalJson([instructions, text])),
    ...(hooked === undefined ? {} : { hookedHash: sha256(hooked.told) }),
    estimate: { input, cost: toCost({ ...noUsage, input }, model.price) },
    mostTokens,
    kept,
  };
};

/** What is to be heeded and kept: what people asked for, and what plugins add. */
const prepare = async (
  lane: Lane,
  { cut, task, model }: { readonly cut: Cut; readonly task: CompactionTask; readonly model: ReadyModel },
): Promise<Pick<CompactionPreparation, "instructions" | "keep">> => {
  const { compactions } = lane.history.history;
  const { sessionId, location } = lane.work;
  const instructions = task.settles.map((messageId) => compactions.wishOf(messageId)).filter((wish) => wish !== "");
  const { compactionPreparing } = location.hooks;
  if (!compactionPreparing.isUsed()) return { instructions, keep: [] };
  // A copy, since the history goes on with its own.
  const shown = structuredClone({ model: model.ref, messages: cut.replaced });
  const { agentName: agent } = task.setting;
  const given = deepFreeze({ sessionId, agent, reason: task.reason, ...shown, instructions, keep: [] });
  return unlessAborted(compactionPreparing.promise(given), lane.signal);
};

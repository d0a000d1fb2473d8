import { toWellFormed } from "@holdfast/core";

import { AnswerMeter } from "../model/answer-meter.ts";
import { finishReason } from "../model/finish-reason.ts";
import { toUsage } from "../model/to-usage.ts";
import { AttemptEnd } from "./attempt-end.ts";
import { readParts } from "./read-parts.ts";

import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { AttemptResult } from "./attempt-result.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { SummaryRequest } from "./summary-request.ts";
import type { TakenAs } from "./read-parts.ts";

/** What came of a request for a summary. */
export interface ReadSummary {
  readonly text: string;
  readonly result: AttemptResult;
}

/** Makes the request and reads the summary to its end, or until the lane is stopped. Nothing of it is live. Never rejects. */
export const readSummary = async (
  { services }: Kernel,
  { signal }: Lane,
  { model, options, estimate }: SummaryRequest,
): Promise<ReadSummary> => {
  const { clock, watchdog } = services;
  const end = new AttemptEnd(signal, clock);
  const meter = new AnswerMeter();
  let text = "";
  const take = (part: LanguageModelV4StreamPart): TakenAs => {
    switch (part.type) {
      case "text-delta":
      case "reasoning-delta":
        if (typeof part.delta !== "string" || part.delta === "") return "noise";
        meter.count(part.delta.length);
        if (part.type === "text-delta") text += part.delta;
        return "news";
      case "finish":
        end.finished(finishReason(part.finishReason), toUsage(part.usage));
        return "last";
      case "error":
        end.failed(part.error);
        return "news";
      default:
        return "noise";
    }
  };
  try {
    await readParts((abortSignal) => model.model.doStream({ ...options, abortSignal }), {
      clock,
      signal,
      limits: watchdog,
      onHeaders: (headers) => end.answered(headers),
      take: (part) => (typeof part === "object" && part !== null ? take(part) : "noise"),
    });
  } catch (error) {
    if (!signal.aborted) end.failed(error);
  }
  const result = end.result({ inputTokens: estimate.input, outputCharacters: meter.characters });
  return { text: toWellFormed(text).trim(), result };
};

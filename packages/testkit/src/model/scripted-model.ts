import { playStep } from "./play-step.ts";
import { toStreamOps } from "./to-stream-ops.ts";

import type { LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { Script, ScriptStep } from "./script.ts";

/** A model that answers from a script, as a provider would. */
export interface ScriptedModel extends LanguageModelV4 {
  /** Every request so far, as it came in. Empty with `record: false`. */
  readonly requests: readonly LanguageModelV4CallOptions[];
  /** How often it was asked. */
  readonly calls: number;
}

/** How a scripted model presents itself. */
export interface ScriptedModelOptions {
  /** Default `"scripted"`. */
  readonly provider?: string;
  /** Default `"scripted-1"`. */
  readonly modelId?: string;
  /** Whether to keep the requests. Default true; benchmarks turn it off, since requests hold whole conversations. */
  readonly record?: boolean;
}

/** A `LanguageModelV4` that plays a script. It streams only; without delays and gates in the script it uses no timer. */
export const scriptedModel = (script: Script, options: ScriptedModelOptions = {}): ScriptedModel => {
  const { provider = "scripted", modelId = "scripted-1", record = true } = options;
  const requests: LanguageModelV4CallOptions[] = [];
  let calls = 0;
  return {
    specificationVersion: "v4",
    provider,
    modelId,
    supportedUrls: {},
    requests,
    get calls() {
      return calls;
    },
    async doGenerate() {
      throw new TypeError("a scripted model streams only: call doStream");
    },
    async doStream(request) {
      request.abortSignal?.throwIfAborted();
      const callIndex = calls;
      calls += 1;
      if (record) requests.push(request);
      const step = typeof script === "function" ? await script(request.prompt, callIndex) : stepAt(script, callIndex);
      const refusal = step.find((cue) => cue.kind === "refuse");
      if (refusal !== undefined) throw refusal.error;
      return {
        stream: playStep(toStreamOps(step, callIndex, modelId), request.abortSignal),
        request: {},
        response: {},
      };
    },
  };
};

const stepAt = (script: readonly ScriptStep[], callIndex: number): ScriptStep => {
  const step = script[callIndex];
  if (step !== undefined) return step;
  throw new TypeError(`expected at most ${script.length} calls of the scripted model, found one more: add a step`);
};

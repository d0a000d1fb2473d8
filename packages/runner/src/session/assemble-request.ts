import { canonicalJson } from "@holdfast/core";
import { noUsage, utf8Bytes } from "@holdfast/core/event";

import { toTokens } from "../model/estimate.ts";
import { toFunctionTools } from "../model/to-tools.ts";
import { toCost } from "../model/to-usage.ts";
import { sha256 } from "../ports/sha256.ts";

import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { JsonValue, SystemMessage, UserMessage } from "@holdfast/core";
import type { Blob } from "@holdfast/core/event";
import type { LocationHooks } from "@holdfast/core/plugin";
import type { ToolSet } from "../location/tool-registry.ts";
import type { ForeseenOutcome } from "../model/foresee-outcome.ts";
import type { PromptBuilder } from "../model/prompt-builder.ts";
import type { ReadyModel } from "../model/resolve-model.ts";
import type { SessionHistory } from "./session-history.ts";

/** What a request is assembled from. */
export interface RequestGround {
  /** Those that the model is told of. */
  readonly tools: ToolSet;
  /** Those of the same moment. */
  readonly hooks: LocationHooks;
  readonly model: ReadyModel;
  readonly history: SessionHistory;
  readonly prompts: PromptBuilder;
  /** An outcome that the commit which starts the attempt brings along. */
  readonly foreseen?: ForeseenOutcome | undefined;
  readonly signal: AbortSignal;
}

/** A provider request as it will be made, and what proves it later. */
export interface AssembledRequest {
  readonly options: LanguageModelV4CallOptions;
  /** The tools of this step: definitions and executors, captured together. */
  readonly tools: ToolSet;
  /** What plugins have tapped, captured with them: a running step keeps both, whatever becomes of the plugins. */
  readonly hooks: LocationHooks;
  /** Whether the model may call them; on an activity's last step it must answer. */
  readonly callable: boolean;
  /** SHA-256 over the prompt's messages, the tools and whether they may be called. */
  readonly hash: string;
  /** SHA-256 of what plugins made of it, where they changed it. */
  readonly hookedHash?: string;
  /** The definitions as they are advertised, to be kept as a blob. */
  readonly toolsBlob: Blob | undefined;
  /** What it counts where nobody says what it used. */
  readonly estimate: { readonly input: number; readonly cost: number };
}

/** What a request shows beyond the history. */
export interface RequestParts {
  readonly callable: boolean;
  /** What is put before the answer in the user's role, because the one before was cut. */
  readonly synthetic?: string | undefined;
  /** Inputs that the commit which starts the attempt promotes. */
  readonly promoted?: readonly UserMessage[];
  /** What it tells of the system context, after them. */
  readonly told?: readonly SystemMessage[];
}

const definitionsOf = new WeakMap<
  ToolSet,
  { readonly functions: ReturnType<typeof toFunctionTools>; readonly blob: Blob }
>();

/** Assembles the request that shows the model the history as it is. */
export const assembleRequest = (
  { tools, hooks, model, history, prompts, foreseen, signal }: RequestGround,
  { callable, synthetic, promoted = [], told = [] }: RequestParts,
): AssembledRequest => {
  const { functions, blob } = definitions(tools);
  const built = prompts.build(history.history, { added: [...promoted, ...told], foreseen });
  if (synthetic !== undefined) built.prompt.push({ role: "user", content: [{ type: "text", text: synthetic }] });
  const hasTools = functions.length > 0;
  const input = toTokens(built.characters + (synthetic?.length ?? 0) + (hasTools ? (blob.text?.length ?? 0) : 0));
  return {
    options: {
      prompt: built.prompt,
      abortSignal: signal,
      ...(hasTools ? { tools: functions, toolChoice: { type: callable ? "auto" : "none" } } : {}),
    },
    tools,
    hooks,
    callable,
    hash: sha256(`${built.hash} ${synthetic ?? ""} ${hasTools ? blob.hash : ""} ${callable}`),
    toolsBlob: hasTools ? blob : undefined,
    estimate: { input, cost: toCost({ ...noUsage, input }, model.price) },
  };
};

const definitions = (tools: ToolSet) => {
  const known = definitionsOf.get(tools);
  if (known !== undefined) return known;
  const functions = toFunctionTools(tools.values());
  const text = canonicalJson(functions as unknown as JsonValue);
  const made = { functions, blob: { hash: sha256(text), bytes: utf8Bytes(text), text } };
  definitionsOf.set(tools, made);
  return made;
};

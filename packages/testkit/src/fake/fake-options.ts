import type { Clock, ModelInfo, ModelRef, Rule } from "@holdfast/core";
import type { Budget } from "@holdfast/core/session";
import type { Tool } from "@holdfast/core/tool";
import type { LanguageModelV4 } from "@ai-sdk/provider";

/** What a fake is made with. */
export interface FakeOptions {
  /** Plays the answers, whatever model a session asks for: `scriptedModel` of this package. */
  readonly model: LanguageModelV4;
  /** Run as they are written, in the process of the test. Default: none. */
  readonly tools?: readonly Tool[] | undefined;
  /** Default: everything is allowed. */
  readonly rules?: readonly Rule[] | undefined;
  /** Names of the agents that are known: any other one may do nothing. Default: `"default"`. */
  readonly agents?: readonly string[] | undefined;
  /** Whether somebody answers asks, and how long they may take. Default: somebody does, without end. */
  readonly asks?: { readonly policy?: "wait" | "deny"; readonly expireMs?: number } | undefined;
  /** What an activity may use. Default: 50 steps. */
  readonly budget?: Pick<Budget, "tokens" | "steps"> | undefined;
  /** Told beside the default one. Default: none. */
  readonly models?: readonly Pick<ModelInfo, "ref" | "title" | "contextTokens">[] | undefined;
  /** Whether a model is known. Default: every one is. */
  readonly knowsModel?: ((ref: ModelRef) => boolean) | undefined;
  /** Where a directory really is, and what its project is; null where there is none. Default: each is there, and its own project. */
  readonly place?: ((directory: string) => { readonly directory: string; readonly project: string } | null) | undefined;
  /** Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Makes the IDs: the same ones for the same seed. Default: others each time. */
  readonly seed?: number | undefined;
}

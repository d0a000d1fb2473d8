import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { Clock, FaultPoints, IdSource, Logger, ModelRef, Rule } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { Store } from "@holdfast/core/store";

/** What a model costs, per million tokens, in a currency of the host's choice. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Default: as `input`. */
  readonly cacheRead?: number;
}

/** A model, as the host resolves a reference. */
export interface ResolvedModel {
  /** A language model of the AI SDK: specification v4, or v2 and v3 through an adapter. */
  readonly model: LanguageModelV4 | { readonly specificationVersion: "v2" | "v3" };
  /** How many tokens a request may hold. Unknown where absent. */
  readonly contextTokens?: number;
  readonly price?: Price;
}

/** Resolves a reference; null or undefined for a model that the host does not know. */
export type ResolveModel = (
  ref: ModelRef,
) => ResolvedModel | null | undefined | Promise<ResolvedModel | null | undefined>;

/** A named set of instructions, model, step limit and rules. */
export interface AgentDefinition {
  /** The system message. Default: none. */
  readonly instructions?: string;
  /** Default: the session's model, or the runtime's. */
  readonly model?: ModelRef;
  /** Steps per activity, 1 to 1,000. Default 50. */
  readonly steps?: number;
  /** Evaluated after the runtime's rules, so they win over them; a deny of the runtime's still denies. */
  readonly rules?: readonly Rule[];
}

/**
 * What a runtime does with executions whose owner is gone. `off`: nothing. `park` (the default): waits for consent, writes and spends
 * nothing. `resume`: takes them over by itself.
 */
export type RecoveryPolicy = "off" | "park" | "resume";

/** Bounds, each with its default. */
export interface RuntimeLimits {
  /** Pending inputs of a session. Default 1,000. */
  readonly inboxInputs?: number;
  /** UTF-8 bytes of one input's text. Default 1 MiB. */
  readonly inputBytes?: number;
  /** Calls that run at once in a step. Default 8. */
  readonly concurrentCalls?: number;
  /** Calls of one step; those beyond it are not run. Default 128. */
  readonly callsPerStep?: number;
  /** How long a disposal and an interruption wait for begun calls to stop, in milliseconds. Default 5,000. */
  readonly graceMs?: number;
}

/** How claims live. Shorter in tests; all runtimes on one store should agree. */
export interface ClaimTiming {
  /** How often this runtime renews, in milliseconds. Default 5,000. */
  readonly renewMs?: number;
  /** After how long without a renewal seen an owner is dead, in milliseconds. Default 15,000. */
  readonly expireMs?: number;
  /** How often dead claims and unclaimed inputs are looked for under policy `resume`, in milliseconds. Default 1,000. */
  readonly discoverMs?: number;
}

/** What a runtime is made of. */
export interface RuntimeOptions {
  readonly store: Store;
  readonly model: ResolveModel;
  /** The reference for sessions and agents that name no model. Default `{ id: "default" }`. */
  readonly defaultModel?: ModelRef;
  /** Set up once per Location, in this order. */
  readonly plugins?: readonly Plugin[];
  /** Configured permissions: the last match decides, no match is ask. Default: none, so that everything is refused. */
  readonly rules?: readonly Rule[];
  /** By name; `"default"` is used where none is named. Default: one without instructions. An unknown agent denies everything. */
  readonly agents?: { readonly [name: string]: AgentDefinition };
  readonly recovery?: RecoveryPolicy;
  /** Name of the runtime: it discovers only executions of its own name. Default `"default"`. */
  readonly name?: string;
  readonly limits?: RuntimeLimits;
  readonly claims?: ClaimTiming;
  readonly clock?: Clock;
  readonly ids?: IdSource;
  readonly logger?: Logger;
  /** Named places for tests: `after:B0` … `after:B7`, right after the commit of that boundary's event. */
  readonly faults?: FaultPoints | undefined;
}

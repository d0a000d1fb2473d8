import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { Clock, FaultPoints, IdSource, Logger, ModelRef, Rule } from "@holdfast/core";
import type { AskShown } from "@holdfast/core/event";
import type { Plugin } from "@holdfast/core/plugin";
import type { Budget } from "@holdfast/core/session";
import type { Store } from "@holdfast/core/store";

/** What a model costs, per million tokens, in a currency of the host's choice. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Default: as `input`. */
  readonly cacheRead?: number;
  /** Default: as `input`. */
  readonly cacheWrite?: number;
}

/** A model, as the host resolves a reference. */
export interface ResolvedModel {
  /** A language model of the AI SDK: specification v4, or v2 and v3 through an adapter. */
  readonly model: LanguageModelV4 | { readonly specificationVersion: "v2" | "v3" };
  /** How many tokens a request may hold. Unknown where absent. */
  readonly contextTokens?: number;
  readonly price?: Price;
  /**
   * Media types of files that the model takes, as patterns of `*` and `?`, such as `image/*`; none for a model of text alone. In place of
   * any other it reads that a file is left out. Default: every file is shown to it, since no model says what it takes.
   */
  readonly media?: readonly string[];
}

/** Resolves a reference; null or undefined for a model that the host does not know. */
export type ResolveModel = (
  ref: ModelRef,
) => ResolvedModel | null | undefined | Promise<ResolvedModel | null | undefined>;

/** A model that `models.list` offers. */
export interface OfferedModel {
  readonly ref: ModelRef;
  /** What a person reads. At most 255 characters. */
  readonly title?: string | undefined;
}

/** A named set of instructions, model, limits, rules and tools. */
export interface AgentDefinition {
  /** The system message. Default: none. */
  readonly instructions?: string | undefined;
  /** Default: the session's model, or the runtime's. */
  readonly model?: ModelRef | undefined;
  /** Steps per activity, 1 to 1,000. Default 50. */
  readonly steps?: number | undefined;
  /** What an activity of its may use, beside the runtime's budget: of each bound the tightest counts. */
  readonly budget?: Budget | undefined;
  /**
   * Names of the tools that it is told of, as patterns of `*` and `?`; a call of any other is refused. Whether a call of these may run is
   * for the rules to say. Default: all tools of the Location.
   */
  readonly tools?: readonly string[] | undefined;
  /** Evaluated after the runtime's rules, so they win over them; a deny of the runtime's still denies. */
  readonly rules?: readonly Rule[] | undefined;
}

/**
 * What a runtime does with executions whose owner is gone. `off`: nothing. `park` (the default): waits for consent, writes and spends
 * nothing. `ask`: opens one ask for each, whether to go on with it, and runs and spends nothing before the answer. `resume`: takes them over
 * by itself. Inputs that were admitted and that nobody took are started by `ask` and `resume`.
 */
export type RecoveryPolicy = "off" | "park" | "ask" | "resume";

/** Bounds, each with its default. */
export interface RuntimeLimits {
  /** Pending inputs of a session. Default 1,000. */
  readonly inboxInputs?: number | undefined;
  /** UTF-8 bytes of one input's text. Default 1 MiB. */
  readonly inputBytes?: number | undefined;
  /** Calls that run at once in a step. Default 8. */
  readonly concurrentCalls?: number | undefined;
  /** Calls of one step; those beyond it are not run. Default 128. */
  readonly callsPerStep?: number | undefined;
  /**
   * How often one tool may fail with one input in an activity before such a call is not run any more. Counted from the last call that was
   * completed, whichever that was. Default 3.
   */
  readonly identicalFailures?: number | undefined;
  /** How long a disposal waits for begun calls and for observers, and an interruption for begun calls, in milliseconds. Default 5,000. */
  readonly graceMs?: number | undefined;
  /** Files of one input, or of the result of one call. Default 32. */
  readonly files?: number | undefined;
  /** Base64 characters of all files of one input, or of the result of one call, together. Default 20 MiB. */
  readonly fileBytes?: number | undefined;
  /** How long a plugin's `setup` may take, in milliseconds. Default 30,000. */
  readonly setupMs?: number | undefined;
  /** How long `model` may take to resolve a reference, in milliseconds. Default 30,000. */
  readonly resolveModelMs?: number | undefined;
  /** How long a tool's `probe` may take after a crash, in milliseconds. Default 30,000. */
  readonly probeMs?: number | undefined;
}

/**
 * Whether people are asked. `wait` (the default): an ask is opened, and waits for its answer. `deny`: for a host without people; what would be
 * asked is refused at once. A function decides by what would be shown; one that fails denies.
 */
export type AskPolicy = "wait" | "deny" | ((shown: AskShown) => "wait" | "deny");

/** How people are asked. */
export interface AskOptions {
  readonly policy?: AskPolicy | undefined;
  /** After how long an ask expires unanswered, in milliseconds, and what waited for it is refused. Default: never. */
  readonly expireMs?: number | undefined;
  /**
   * How long a session whose every open call waits for a person is kept in memory, in milliseconds. After it the claim is given up, and
   * whoever answers goes on. Default 60,000.
   */
  readonly restMs?: number | undefined;
}

/** How claims live. Shorter in tests; all runtimes on one store should agree. */
export interface ClaimTiming {
  /** How often this runtime renews, in milliseconds. Default 5,000. */
  readonly renewMs?: number | undefined;
  /** After how long without a renewal seen an owner is dead, in milliseconds. Default 15,000. */
  readonly expireMs?: number | undefined;
  /** How often dead claims and unclaimed inputs are looked for under policies `ask` and `resume`, in milliseconds. Default 1,000. */
  readonly discoverMs?: number | undefined;
}

/** How Locations live. */
export interface LocationOptions {
  /** After how long without use a Location is closed, and its plugins with it, in milliseconds. Default 3,600,000, which are 60 minutes. */
  readonly idleMs?: number | undefined;
}

/** How long a provider may say nothing that counts before its attempt fails as `transport`. */
export interface WatchdogOptions {
  /** Until the first event of an answer, in milliseconds: a model may think for long before it says anything. Default 120,000. */
  readonly firstEventMs?: number | undefined;
  /** From one event to the next, in milliseconds. Default 300,000. */
  readonly betweenEventsMs?: number | undefined;
}

/** How conversations are compacted: their older part gives way to a summary, in what models are shown. */
export interface CompactionOptions {
  /**
   * Whether that is done by itself: before a request that would come too near to its model's `contextTokens`, and once after one that its
   * provider found too long. Only where `model` says `contextTokens`. Default true; with false only where `sessions.compact` asks for it.
   */
  readonly auto?: boolean | undefined;
  /** The model that writes the summaries. Default: the one that answers. */
  readonly model?: ModelRef | undefined;
}

/** How a request is made again that a provider refused for a while, or whose answer broke off. */
export interface RetryOptions {
  /** Retries of one step, 0 to 4. Default 4. */
  readonly limit?: number | undefined;
  /** The pause before the first, in milliseconds; it doubles with each, and up to half of it is added by chance. Default 2,000. */
  readonly firstMs?: number | undefined;
}

/** What a runtime is made of. */
export interface RuntimeOptions {
  readonly store: Store;
  readonly model: ResolveModel;
  /** The reference for sessions and agents that name no model. Default `{ id: "default" }`. */
  readonly defaultModel?: ModelRef | undefined;
  /**
   * What `models.list` offers beside the default and the agents' models, at most 1,000, and under what titles. It says nothing of what may be
   * used: `model` does. Default: none.
   */
  readonly models?: readonly OfferedModel[] | undefined;
  /** Set up once per Location, in this order. */
  readonly plugins?: readonly Plugin[] | undefined;
  /** Configured permissions: the last match decides, no match is ask. Default: none, so that everything is asked. */
  readonly rules?: readonly Rule[] | undefined;
  /** By name; `"default"` is used where none is named. Default: one without instructions. An unknown agent denies everything. */
  readonly agents?: { readonly [name: string]: AgentDefinition } | undefined;
  /**
   * What one activity may use: tokens, cost and steps of everything from the last promotion of an input. Looked at before each request to
   * a provider; where the next one does not fit, the execution ends with the outcome `budget`. Default: none, but for an agent's steps.
   */
  readonly budget?: Budget | undefined;
  /**
   * What becomes of an activity whose budget is spent. `end` (the default): its execution ends. `ask`: a person is asked whether it may use
   * the same again; a `budget` ask, of which `stop`, its expiry and a policy that asks nobody end it. An execution whose first request does
   * not fit is ended in any case.
   */
  readonly onBudget?: "end" | "ask" | undefined;
  readonly recovery?: RecoveryPolicy | undefined;
  /** Name of the runtime: it discovers only executions of its own name. Default `"default"`. */
  readonly name?: string | undefined;
  readonly limits?: RuntimeLimits | undefined;
  readonly asks?: AskOptions | undefined;
  readonly claims?: ClaimTiming | undefined;
  readonly locations?: LocationOptions | undefined;
  readonly watchdog?: WatchdogOptions | undefined;
  readonly compaction?: CompactionOptions | undefined;
  readonly retries?: RetryOptions | undefined;
  readonly clock?: Clock | undefined;
  readonly ids?: IdSource | undefined;
  readonly logger?: Logger | undefined;
  /**
   * Named places for tests, each right after the commit of its event: `after:B0` … `after:B7`, and `after:` with the type of an event
   * that marks no boundary; and `after:released`, where a claim was given up without an event.
   */
  readonly faults?: FaultPoints | undefined;
}

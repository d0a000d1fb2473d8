import { createIdSource, HoldfastError, silentLogger } from "@holdfast/core";

import { answerWithin } from "./location/answer-within.ts";
import { frozenCopy } from "./location/frozen-copy.ts";
import { randomText } from "./ports/random-text.ts";
import { systemClock } from "./ports/system-clock.ts";

import type { Clock, FaultPoints, IdSource, Logger, ModelRef, Rule } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { Budget } from "@holdfast/core/session";
import type { Store } from "@holdfast/core/store";
import type * as z from "zod";
import type { runtimeOptionsSchema } from "./facade/runtime-options-schema.ts";
import type { WatchdogLimits } from "./session/watchdog.ts";
import type { AgentDefinition, AskPolicy, OfferedModel, RecoveryPolicy, ResolveModel } from "./runtime-options.ts";

/** The options of a runtime with every default in its place. */
export interface Services {
  readonly store: Store;
  readonly model: ResolveModel;
  readonly defaultModel: ModelRef;
  readonly models: readonly OfferedModel[];
  readonly plugins: readonly Plugin[];
  readonly rules: readonly Rule[];
  readonly agents: { readonly [name: string]: AgentDefinition };
  readonly budget: Budget;
  readonly onBudget: "end" | "ask";
  readonly recovery: RecoveryPolicy;
  readonly name: string;
  readonly limits: {
    readonly inboxInputs: number;
    readonly inputBytes: number;
    readonly concurrentCalls: number;
    readonly callsPerStep: number;
    readonly identicalFailures: number;
    readonly graceMs: number;
    readonly files: number;
    readonly fileBytes: number;
    readonly setupMs: number;
    readonly resolveModelMs: number;
    readonly probeMs: number;
  };
  readonly asks: {
    readonly policy: AskPolicy;
    readonly expireMs?: number | undefined;
    readonly restMs: number;
  };
  readonly claims: { readonly renewMs: number; readonly expireMs: number; readonly discoverMs: number };
  readonly locations: { readonly idleMs: number };
  readonly watchdog: WatchdogLimits;
  readonly compaction: { readonly auto: boolean; readonly model?: ModelRef | undefined };
  readonly retries: { readonly limit: number; readonly firstMs: number };
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly faults: FaultPoints | undefined;
  /** Aborts, with the error that is then thrown everywhere, when the runtime is disposed of. */
  readonly disposal: AbortSignal;
  /** Aborts when a runtime that is disposed of works on no session any more: what plugins still decide is heard by nobody. */
  readonly rest: AbortSignal;
}

/**
 * Makes what the parts of a runtime share from checked options.
 *
 * @param ends.disposal Aborts when the runtime is disposed of: nobody waits for a host's function any longer than that.
 */
export const toServices = (
  options: z.output<typeof runtimeOptionsSchema>,
  { disposal, rest }: Pick<Services, "disposal" | "rest">,
): Services => {
  const { agents, clock = systemClock, ids, limits, logger, model, rules } = options;
  return {
    ...options,
    model: toLimited(model, { clock, disposal, limitMs: limits.resolveModelMs }),
    // Plugins read them, and must not change them.
    rules: frozenCopy(rules),
    agents: { default: {}, ...agents },
    clock,
    ids: ids ?? createIdSource(clock, randomText),
    logger: toSafeLogger(logger ?? silentLogger),
    faults: options.faults,
    disposal,
    rest,
  };
};

const toLimited =
  (
    model: ResolveModel,
    { clock, disposal, limitMs }: { readonly clock: Clock; readonly disposal: AbortSignal; readonly limitMs: number },
  ): ResolveModel =>
  (ref) => {
    const resolved = model(ref);
    if (resolved === null || resolved === undefined || !("then" in resolved)) return resolved;
    const late = (): Error =>
      new HoldfastError("model.unavailable", {
        message: `The runtime's model function did not resolve the model ${JSON.stringify(ref.id)} within ${limitMs} ms. Make it quicker, or raise limits.resolveModelMs.`,
        data: { ...ref },
      });
    return answerWithin(() => resolved, { clock, limitMs, signal: disposal, late });
  };

/** A logger that never throws and never rejects: what reports a failure must not become one. */
const toSafeLogger = (logger: Logger): Logger => {
  const safely =
    (level: keyof Logger): Logger[keyof Logger] =>
    (message, data) => {
      try {
        const written: unknown = logger[level](message, data);
        if (written instanceof Promise) written.catch(() => undefined);
      } catch {
        // The host's own log is broken: there is nowhere left to say so.
      }
    };
  return { debug: safely("debug"), info: safely("info"), warn: safely("warn"), error: safely("error") };
};

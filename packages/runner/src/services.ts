import { createIdSource, silentLogger } from "@holdfast/core";

import { randomText } from "./ports/random-text.ts";
import { systemClock } from "./ports/system-clock.ts";

import type { Clock, FaultPoints, IdSource, Logger, ModelRef, Rule } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { Store } from "@holdfast/core/store";
import type { AgentDefinition, RecoveryPolicy, ResolveModel, RuntimeOptions } from "./runtime-options.ts";

/** The options of a runtime with every default in its place. */
export interface Services {
  readonly store: Store;
  readonly model: ResolveModel;
  readonly defaultModel: ModelRef;
  readonly plugins: readonly Plugin[];
  readonly rules: readonly Rule[];
  readonly agents: { readonly [name: string]: AgentDefinition };
  readonly recovery: RecoveryPolicy;
  readonly name: string;
  readonly limits: {
    readonly inboxInputs: number;
    readonly inputBytes: number;
    readonly concurrentCalls: number;
    readonly callsPerStep: number;
    readonly graceMs: number;
  };
  readonly claims: { readonly renewMs: number; readonly expireMs: number; readonly discoverMs: number };
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly faults: FaultPoints | undefined;
}

/** Puts the defaults in. */
export const toServices = (options: RuntimeOptions): Services => {
  const clock = options.clock ?? systemClock;
  return {
    store: options.store,
    model: options.model,
    defaultModel: options.defaultModel ?? { id: "default" },
    plugins: options.plugins ?? [],
    rules: options.rules ?? [],
    agents: { default: {}, ...options.agents },
    recovery: options.recovery ?? "park",
    name: options.name ?? "default",
    limits: {
      inboxInputs: 1_000,
      inputBytes: 1024 * 1024,
      concurrentCalls: 8,
      callsPerStep: 128,
      graceMs: 5_000,
      ...options.limits,
    },
    claims: { renewMs: 5_000, expireMs: 15_000, discoverMs: 1_000, ...options.claims },
    clock,
    ids: options.ids ?? createIdSource(clock, randomText),
    logger: options.logger ?? silentLogger,
    faults: options.faults,
  };
};

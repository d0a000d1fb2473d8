import { ruleSchema } from "@holdfast/core";
import { sealableModelRefSchema, wellFormedSchema } from "@holdfast/core/arguments";
import { isPlugin } from "@holdfast/core/plugin";
import { failureLimit, firstRetryMs, retryLimit } from "@holdfast/core/session";
import * as z from "zod";

import { defaultWatchdogLimits } from "../session/watchdog.ts";

import type { Clock, FaultPoints, IdSource, Logger } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { Store } from "@holdfast/core/store";
import type { AskPolicy, ResolveModel } from "../runtime-options.ts";

/** What has all of these methods; what they do is for its own tests to say. */
const withMethods = <T>(what: string, names: readonly (string | symbol)[]) =>
  z.custom<T>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      names.every((name) => typeof Reflect.get(value, name, value) === "function"),
    `expected ${what}: an object with ${names.map(String).join(", ")}`,
  );

const count = (most: number) => z.int().min(1).max(most);
const longestMs = 86_400_000;
const duration = (least: number) => z.int().min(least).max(longestMs);

const rules = z.array(
  ruleSchema.refine(
    ({ action, resource }) => action.isWellFormed() && resource.isWellFormed(),
    "expected well-formed Unicode, found a lone surrogate",
  ),
);

const budget = z.strictObject({
  tokens: count(Number.MAX_SAFE_INTEGER).optional(),
  cost: z.number().positive().optional(),
  steps: count(1_000).optional(),
});

const agent = z.strictObject({
  instructions: wellFormedSchema.optional(),
  model: sealableModelRefSchema.optional(),
  steps: count(1_000).optional(),
  rules: rules.optional(),
  budget: budget.optional(),
  tools: z.array(z.string().min(1).max(256)).optional(),
});

const plugins = z
  .array(z.custom<Plugin>(isPlugin, "expected a plugin: make it with definePlugin of @holdfast/core/plugin"))
  .refine(
    (all) => new Set(all.map(({ name }) => name)).size === all.length,
    "expected plugins of different names, found a name twice",
  );

/** What `createRuntime` takes, with each default in its place: an explicit `undefined` is as good as none. */
export const runtimeOptionsSchema = z.strictObject({
  store: withMethods<Store>("a store", ["commit", "snapshot", "watch", Symbol.asyncDispose]),
  model: z.custom<ResolveModel>((value) => typeof value === "function", "expected a function that resolves a model"),
  defaultModel: sealableModelRefSchema.default({ id: "default" }),
  models: z
    .array(z.strictObject({ ref: sealableModelRefSchema, title: wellFormedSchema.min(1).max(255).optional() }))
    .max(1_000)
    .default([]),
  plugins: plugins.default([]),
  rules: rules.default([]),
  agents: z.record(wellFormedSchema.min(1).max(64), agent).default({}),
  budget: budget.default({}),
  onBudget: z.enum(["end", "ask"]).default("end"),
  recovery: z.enum(["off", "park", "ask", "resume"]).default("park"),
  name: wellFormedSchema.min(1).max(255).default("default"),
  limits: z
    .strictObject({
      inboxInputs: count(1_000_000).default(1_000),
      inputBytes: count(64 * 1024 * 1024).default(1024 * 1024),
      concurrentCalls: count(1_000).default(8),
      callsPerStep: count(10_000).default(128),
      identicalFailures: count(1_000).default(failureLimit),
      graceMs: duration(0).default(5_000),
      files: z.int().min(0).max(1_000).default(32),
      fileBytes: count(256 * 1024 * 1024).default(20 * 1024 * 1024),
      setupMs: duration(1).default(30_000),
      resolveModelMs: duration(1).default(30_000),
      probeMs: duration(1).default(30_000),
    })
    .prefault({}),
  asks: z
    .strictObject({
      policy: z
        .union([
          z.enum(["wait", "deny"]),
          z.custom<Extract<AskPolicy, (...asked: never) => unknown>>(
            (value) => typeof value === "function",
            'expected "wait", "deny" or a function that says one of them',
          ),
        ])
        .default("wait"),
      // Asks may be open for weeks.
      expireMs: z
        .int()
        .min(1)
        .max(3_650 * longestMs)
        .optional(),
      restMs: duration(0).default(60_000),
    })
    .prefault({}),
  claims: z
    .strictObject({
      renewMs: duration(1).default(5_000),
      expireMs: duration(1).default(15_000),
      discoverMs: duration(1).default(1_000),
    })
    .prefault({}),
  locations: z.strictObject({ idleMs: duration(1).default(3_600_000) }).prefault({}),
  watchdog: z
    .strictObject({
      firstEventMs: duration(1).default(defaultWatchdogLimits.firstEventMs),
      betweenEventsMs: duration(1).default(defaultWatchdogLimits.betweenEventsMs),
    })
    .prefault({}),
  retries: z
    .strictObject({
      limit: z.int().min(0).max(retryLimit).default(retryLimit),
      firstMs: duration(1).default(firstRetryMs),
    })
    .prefault({}),
  compaction: z
    .strictObject({ auto: z.boolean().default(true), model: sealableModelRefSchema.optional() })
    .prefault({}),
  clock: withMethods<Clock>("a clock", ["now", "monotonic", "sleep"]).optional(),
  ids: withMethods<IdSource>("a source of IDs", ["next"]).optional(),
  logger: withMethods<Logger>("a logger", ["debug", "info", "warn", "error"]).optional(),
  faults: withMethods<FaultPoints>("fault points", ["reach"]).optional(),
});

// Entry ".": a runtime in process.
export { createRuntime } from "./facade/create-runtime.ts";

export type { ChangePlugins, Runtime } from "./facade/runtime.ts";
export type { Budget } from "@holdfast/core/session";
export type {
  AgentDefinition,
  ClaimTiming,
  CompactionOptions,
  LocationOptions,
  OfferedModel,
  Price,
  RecoveryPolicy,
  ResolvedModel,
  ResolveModel,
  RetryOptions,
  RuntimeLimits,
  RuntimeOptions,
  WatchdogOptions,
} from "./runtime-options.ts";

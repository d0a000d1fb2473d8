// Entry ".": a runtime in process.
export { createRuntime } from "./facade/create-runtime.ts";

export type {
  AgentDefinition,
  ClaimTiming,
  Price,
  RecoveryPolicy,
  ResolvedModel,
  ResolveModel,
  RuntimeLimits,
  RuntimeOptions,
} from "./runtime-options.ts";

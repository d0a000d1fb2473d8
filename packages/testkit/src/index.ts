// Entry ".": doubles for tests and benchmarks. The suites, which need vitest, are at "./contract".
export { createFakeClock } from "./clock/fake-clock.ts";
export { systemClock } from "./clock/system-clock.ts";
export { createDrafts } from "./drafts/drafts.ts";
export { namesOf } from "./drafts/names.ts";
export { admitPlan, createPlan, endPlan, ownerPlan, startPlan, takeClaim, turnEvents } from "./drafts/plans.ts";
export { createFakeHoldfast } from "./fake/create-fake-holdfast.ts";
export { MemoryCallOutputs } from "./memory-call-outputs.ts";
export { createMemoryStore } from "./memory-store/memory-store.ts";
export { lastUserText, toolResultsOfTurn, turnOf } from "./model/conversation.ts";
export { createGate } from "./model/gate.ts";
export { brokenStream, providerError } from "./model/provider-error.ts";
export {
  cut,
  delay,
  error,
  finish,
  part,
  reasoning,
  refuse,
  reset,
  scriptedUsage,
  text,
  toolCall,
  wait,
} from "./model/script.ts";
export { scriptedModel } from "./model/scripted-model.ts";
export { openPluginStage } from "./plugin-contract/plugin-stage.ts";
export { createRandom, createSeededIds } from "./seeded-ids.ts";
export { sha256 } from "./sha256.ts";

export type { FakeClock } from "./clock/fake-clock.ts";
export type { BuildDraft, Drafts } from "./drafts/drafts.ts";
export type { Names } from "./drafts/names.ts";
export type { FakeOptions } from "./fake/fake-options.ts";
export type { MemoryStoreOptions } from "./memory-store/memory-store.ts";
export type { Gate } from "./model/gate.ts";
export type { ProviderErrorOptions } from "./model/provider-error.ts";
export type { Block, BlockOptions, Cue, FinishReason, Script, ScriptStep } from "./model/script.ts";
export type { CallOptions, StagedCall } from "./plugin-contract/call-staged-tool.ts";
export type { PluginStage, PluginStageOptions } from "./plugin-contract/plugin-stage.ts";
export type { StagedSource } from "./plugin-contract/tell-source.ts";
export type { ScriptedModel, ScriptedModelOptions } from "./model/scripted-model.ts";

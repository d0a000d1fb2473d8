// Entry "./tool": for who writes a tool.
export { boundText, characterBoundary, maxStructuredBytes, shownLimits } from "./output/bound-text.ts";
export { imageFactsOf, imageLimits, imageTypeOf } from "./output/image-facts.ts";
export { fromOutputRef, toOutputRef } from "./output/output-ref.ts";
export { defineTool, isTool } from "./tool/define-tool.ts";
export { ToolFailure } from "./tool/tool-failure.ts";

export type { OutputContent, OutputPieces } from "./store/output-content.ts";
export type { ReplayPolicy } from "./event/tool-events.ts";
export type { Todo } from "./event/todo-events.ts";
export type { ImageFacts } from "./output/image-facts.ts";
export type { BoundText, ShownLimits } from "./output/bound-text.ts";
export type { ProbeResult, Tool, ToolDefinition } from "./tool/tool.ts";
export type {
  CallMedia,
  CallOutputs,
  CallTodos,
  ExecuteContext,
  PermissionAssertion,
  PrepareContext,
  ProbeContext,
  SalvageContext,
  ToolContext,
  ToolQuestion,
} from "./tool/tool-context.ts";

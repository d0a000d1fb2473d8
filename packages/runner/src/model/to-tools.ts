import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import type { RegisteredTool } from "../location/tool-registry.ts";

/** The tools of a step as the model is told of them. */
export const toFunctionTools = (tools: Iterable<RegisteredTool>): LanguageModelV4FunctionTool[] =>
  Array.from(tools, ({ tool, inputSchema }) => ({
    type: "function" as const,
    name: tool.name,
    description: tool.description,
    inputSchema,
  }));

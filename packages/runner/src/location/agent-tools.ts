import { matchesPattern } from "@holdfast/core";

import type { AgentDefinition } from "../runtime-options.ts";
import type { ToolSet } from "./tool-registry.ts";

const chosen = new WeakMap<ToolSet, WeakMap<readonly string[], ToolSet>>();

/** Of a Location's tools those that an agent is told of: the same set for the same tools, as long as they are. */
export const agentTools = (tools: ToolSet, agent: Pick<AgentDefinition, "tools"> | undefined): ToolSet => {
  const patterns = agent?.tools;
  if (patterns === undefined) return tools;
  const known = chosen.get(tools) ?? new WeakMap<readonly string[], ToolSet>();
  chosen.set(tools, known);
  const found = known.get(patterns) ?? selectTools(tools, patterns);
  known.set(patterns, found);
  return found;
};

const selectTools = (tools: ToolSet, patterns: readonly string[]): ToolSet =>
  new Map([...tools].filter(([name]) => patterns.some((pattern) => matchesPattern(pattern, name))));

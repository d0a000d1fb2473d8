import { HoldfastError } from "../errors/holdfast-error.ts";
import { toolBrand } from "./tool.ts";

import type { JsonValue } from "../json/json-value.ts";
import type { Tool, ToolDefinition } from "./tool.ts";

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Defines a tool: checks what is checked early, and returns frozen data that a plugin registers.
 *
 * @throws plugin.invalid for a name that a provider would refuse, and for a replay policy `probe` without `probe`, or `probe` without it.
 */
export const defineTool = <TInput, TOutput, TEffect extends JsonValue>(
  definition: ToolDefinition<TInput, TOutput, TEffect>,
): Tool => {
  if (!namePattern.test(definition.name)) {
    throw new HoldfastError("plugin.invalid", {
      message: `Expected a tool name of 1 to 64 letters, digits, "_" or "-", found ${JSON.stringify(definition.name)}. Providers refuse other names.`,
      data: { name: definition.name },
    });
  }
  const [isProbed, canProbe] = [definition.replay === "probe", definition.probe !== undefined];
  if (isProbed !== canProbe) {
    throw new HoldfastError("plugin.invalid", {
      message: isProbed
        ? `Tool "${definition.name}" has the replay policy "probe", and no function "probe". Write one that looks whether an effect happened, or choose another policy.`
        : `Tool "${definition.name}" has a function "probe", and the replay policy ${JSON.stringify(definition.replay ?? "never")}, under which nobody asks it. Set replay to "probe", or leave the function out.`,
      data: { name: definition.name },
    });
  }
  return Object.freeze({ ...definition, [toolBrand]: true as const }) as unknown as Tool;
};

/** Whether a value was made by `defineTool`, of this copy of core or another. */
export const isTool = (value: unknown): value is Tool =>
  typeof value === "object" && value !== null && toolBrand in value;

import { deepFreeze } from "@holdfast/core";

import { unlessAborted } from "../location/unless-aborted.ts";

import type { ModelRef, SessionId } from "@holdfast/core";
import type { CollectedTool } from "@holdfast/core/plugin";
import type { ToolSet } from "../location/tool-registry.ts";
import type { RequestGround } from "./assemble-request.ts";

/** Whose request it is. */
export interface RequestSubject {
  readonly sessionId: SessionId;
  readonly agent: string;
  readonly model: ModelRef;
}

const shown = new WeakMap<ToolSet, readonly CollectedTool[]>();
/** Of each set what came of it last: the same again is the same set, whose definitions are written once. */
const chosen = new WeakMap<ToolSet, { readonly names: string; readonly tools: ToolSet }>();

/** Those of an agent's tools that plugins let a request tell of, in their order. */
export const collectTools = async (
  { hooks, tools, signal }: Pick<RequestGround, "hooks" | "tools" | "signal">,
  subject: RequestSubject,
): Promise<ToolSet> => {
  if (!hooks.toolsCollecting.isUsed()) return tools;
  const collected = shown.get(tools) ?? toCollected(tools);
  shown.set(tools, collected);
  const given = Object.freeze({ ...subject, tools: collected });
  const { tools: left } = await unlessAborted(hooks.toolsCollecting.promise(given), signal);
  if (left === collected) return tools;
  const names = left.map(({ name }) => name).join(" ");
  const last = chosen.get(tools);
  if (last?.names === names) return last.tools;
  const found = new Map(left.flatMap(({ name }) => [...entryOf(tools, name)]));
  chosen.set(tools, { names, tools: found });
  return found;
};

const toCollected = (tools: ToolSet): readonly CollectedTool[] =>
  deepFreeze(
    [...tools.values()].map(({ tool, plugin }) => ({
      name: tool.name,
      description: tool.description,
      plugin: plugin.name,
    })),
  );

const entryOf = (tools: ToolSet, name: string): ToolSet => {
  const found = tools.get(name);
  return found === undefined ? new Map() : new Map([[name, found]]);
};

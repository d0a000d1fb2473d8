import { HoldfastError } from "../errors/holdfast-error.ts";

import type { ContextSource } from "../context/context-source.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { Rule } from "../permission/rule.ts";
import type { Logger } from "../ports/logger.ts";
import type { Location } from "../session/location.ts";
import type { Tool } from "../tool/tool.ts";
import type { HookArgument, HookName, HookResult } from "./hooks.ts";

/** Version of the plugin contract that this core speaks. */
export const pluginApiLevel = 1;

/** A function that a plugin hangs into a hook. Always awaited, whatever it returns. */
export type Tap<THook extends HookName> = (
  argument: HookArgument[THook],
) => Promise<HookResult[THook] | void> | HookResult[THook] | void;

/** Where a tap stands among those of other plugins. Default: in the order of the plugins, and of a plugin's own taps. */
export interface TapOrder {
  /** Taps of a lower stage run first. A whole number. Default 0. */
  readonly stage?: number | undefined;
  /** Name of a plugin whose taps of this hook it runs before, where that one is set up earlier. */
  readonly before?: string | undefined;
}

/** The hooks as a plugin sees them: it may tap, under its own name, and nothing else. */
export type PluginHooks = {
  readonly [THook in HookName]: {
    /** @throws plugin.invalid for what is no function, an order that is none, or a plugin that is closed. */
    tapPromise(tap: Tap<THook>, order?: TapOrder): void;
  };
};

/** What `setup` is given. Everything that is contributed goes away with the plugin. */
export interface PluginContext {
  readonly location: Location;
  readonly hooks: PluginHooks;
  readonly tools: {
    /** Adds a tool at this Location. The latest of a name wins. Returns what takes it away again, revealing the one below. */
    register(tool: Tool): Disposable;
  };
  readonly context: {
    /** Adds a source of the system context at this Location. Returns what takes it away again: the model is told so at its next step. */
    register<TValue extends JsonValue>(source: ContextSource<TValue>): Disposable;
  };
  /** The rules configured for this runtime: to read, not to change. */
  readonly rules: readonly Rule[];
  /** Aborts when the plugin is closed: before its disposer is called. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** What `setup` may return, to be called when the plugin is closed. */
export type PluginDisposer = () => Promise<void> | void;

/** What a plugin author writes. */
export interface PluginDefinition {
  /** Unique at a Location: 1 to 128 of `[a-zA-Z0-9@/_.-]`, usually the package's name. */
  readonly name: string;
  readonly version?: string;
  /** The contract that it was written for. Default: the one of the core that defines it. */
  readonly apiLevel?: number;
  /** Names of the plugins that have to be there: they are set up before this one, and closed after it. Default: none. */
  readonly requires?: readonly string[];
  /** Called once per Location: when it opens, or when the plugin is added to it. */
  setup(ctx: PluginContext): Promise<PluginDisposer | void> | PluginDisposer | void;
}

const brand = Symbol.for("holdfast.plugin");

/** A plugin as hosts take it: a definition, checked and frozen. */
export type Plugin = Readonly<PluginDefinition> & { readonly [brand]: true };

const namePattern = /^[a-zA-Z0-9@/_.-]{1,128}$/;

/**
 * Defines a plugin: checks what is checked early, and returns frozen data.
 *
 * @throws plugin.invalid for a name or an API level that no host can take, and for a plugin that requires itself.
 */
export const definePlugin = (definition: PluginDefinition): Plugin => {
  const { name, apiLevel = pluginApiLevel, requires = [] } = definition;
  if (!namePattern.test(name))
    throw invalid(`a plugin name of 1 to 128 of a-z, A-Z, 0-9, "@", "/", "_", "." and "-"`, name);
  if (!Number.isInteger(apiLevel) || apiLevel < 1)
    throw invalid("an API level that is a whole number from 1", String(apiLevel));
  if (requires.includes(name)) throw invalid("a plugin that does not require itself", name);
  return Object.freeze({ ...definition, apiLevel, requires: Object.freeze([...requires]), [brand]: true as const });
};

/** Whether a value was made by `definePlugin`, of this copy of core or another. */
export const isPlugin = (value: unknown): value is Plugin =>
  typeof value === "object" && value !== null && brand in value;

const invalid = (expected: string, found: string) =>
  new HoldfastError("plugin.invalid", {
    message: `Expected ${expected}, found ${JSON.stringify(found)}.`,
    data: { found },
  });

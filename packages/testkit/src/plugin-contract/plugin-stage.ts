import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { deepFreeze, silentLogger } from "@holdfast/core";
import { hookCatalogue, readAnswer, readContextSource } from "@holdfast/core/plugin";

import { callStagedTool } from "./call-staged-tool.ts";
import { frozenCopy } from "./frozen-copy.ts";
import { tellSource } from "./tell-source.ts";
import { within } from "./within.ts";

import type { JsonObject, Rule } from "@holdfast/core";
import type {
  ContextQuery,
  ContextSource,
  DecidingHook,
  HookArgument,
  HookName,
  Plugin,
  PluginContext,
  PluginDisposer,
  PluginHooks,
  TapOrder,
} from "@holdfast/core/plugin";
import type { Tool } from "@holdfast/core/tool";
import type { CallOptions, StagedCall } from "./call-staged-tool.ts";
import type { StagedSource } from "./tell-source.ts";

/** How long `setup` and the disposer may take, as in a runtime, in milliseconds. */
const setupMs = 30_000;
const closeMs = 5_000;

/** Where a plugin is set up. */
export interface PluginStageOptions {
  /** Default: an empty temporary one, which is removed with the stage. */
  readonly directory?: string | undefined;
  /** What `ctx.rules` shows. Default: none. */
  readonly rules?: readonly Rule[] | undefined;
}

/** A plugin that is set up by itself, without a runtime: for tests of its tools and taps. */
export interface PluginStage extends AsyncDisposable {
  readonly directory: string;
  /** What it has registered, by name: the latest of a name. */
  readonly tools: ReadonlyMap<string, Tool>;
  /** The sources of the system context that it has registered, by key. */
  readonly sources: ReadonlyMap<string, ContextSource>;
  /** The hooks that it taps, once for each tap, in the order in which it did. */
  readonly hooks: readonly HookName[];
  /** What it did that a runtime refuses: a tap or a tool after it was closed. */
  readonly strayed: readonly string[];
  /** `ctx.signal`. */
  readonly signal: AbortSignal;
  /** Calls one of its tools, both phases, and says what it asked for. */
  call(tool: string, input: JsonObject, options?: CallOptions): Promise<StagedCall>;
  /** Loads one of its sources as at a boundary, and says what the model would be told; undefined where it has nothing to tell. */
  tell(key: string, query?: Partial<ContextQuery>): Promise<StagedSource | undefined>;
  /**
   * Asks its taps of a hook, in their order, as a runtime does: what they make of it, for a hook that decides. Unlike in a runtime a tap that
   * throws, is too late, or answers what cannot be read makes this reject, whatever the hook's policy.
   */
  ask<THook extends HookName>(hook: THook, given: HookArgument[THook]): Promise<HookArgument[THook]>;
}

type AnyTap = (given: never) => unknown;

interface KeptTap {
  readonly hook: HookName;
  readonly tap: AnyTap;
  readonly stage: number;
}

/** Sets a plugin up by itself. It is closed with the stage: its signal aborts, and its disposer is called, within 5 s. */
export const openPluginStage = async (plugin: Plugin, options: PluginStageOptions = {}): Promise<PluginStage> => {
  const { rules = [] } = options;
  const resources = new AsyncDisposableStack();
  try {
    const directory = options.directory ?? (await makeFolder(resources));
    const closing = new AbortController();
    const tools: { readonly tool: Tool }[] = [];
    const sources = new Map<string, ContextSource>();
    const taps: KeptTap[] = [];
    const strayed: string[] = [];
    const assertOpen = (what: string): void => {
      if (!closing.signal.aborted) return;
      strayed.push(what);
      throw new TypeError(`plugin "${plugin.name}" ${what} after it was closed: stop when ctx.signal aborts`);
    };
    const context: PluginContext = {
      location: deepFreeze({ directory }),
      hooks: toHooks((kept) => {
        assertOpen(`tapped ${kept.hook}`);
        taps.push(kept);
      }),
      tools: {
        register: (tool) => {
          assertOpen(`registered ${tool.name}`);
          const registration = { tool };
          tools.push(registration);
          return {
            [Symbol.dispose]: () => {
              const index = tools.indexOf(registration);
              if (index >= 0) tools.splice(index, 1);
            },
          };
        },
      },
      context: {
        register: (given) => {
          assertOpen("registered a context source");
          const source = readContextSource(given);
          if (source === undefined || sources.has(source.key))
            throw new TypeError(`plugin "${plugin.name}" registered no context source, or one twice: ${given.key}`);
          sources.set(source.key, source);
          return { [Symbol.dispose]: () => void sources.delete(source.key) };
        },
      },
      rules: deepFreeze([...rules]),
      signal: closing.signal,
      log: silentLogger,
    };
    const dispose: PluginDisposer | void = await within(`setup of "${plugin.name}"`, setupMs, () =>
      plugin.setup(context),
    );
    resources.defer(async () => {
      closing.abort(new Error(`plugin ${plugin.name} was closed`));
      if (dispose !== undefined) await within(`the disposer of "${plugin.name}"`, closeMs, dispose);
    });
    const named = (): ReadonlyMap<string, Tool> => new Map(tools.map(({ tool }) => [tool.name, tool]));
    return {
      directory,
      get tools() {
        return named();
      },
      get hooks() {
        return taps.map(({ hook }) => hook);
      },
      sources,
      strayed,
      signal: closing.signal,
      call: (tool, input, how) => callStagedTool({ tool: named().get(tool), name: tool, directory, input }, how),
      tell: (key, query) => tellSource(sources.get(key), { key, directory, query }),
      ask: (hook, given) => askTaps(taps, hook, given),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
};

const makeFolder = async (resources: AsyncDisposableStack): Promise<string> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), "holdfast-plugin-")));
  resources.defer(() => rm(path, { recursive: true, force: true }));
  return path;
};

const hookNames = Object.keys(hookCatalogue) as HookName[];

const toHooks = (keep: (tap: KeptTap) => void): PluginHooks =>
  Object.fromEntries(
    hookNames.map((hook) => [
      hook,
      { tapPromise: (tap: AnyTap, { stage = 0 }: TapOrder = {}) => keep({ hook, tap, stage }) },
    ]),
  ) as unknown as PluginHooks;

const askTaps = async <THook extends HookName>(
  taps: readonly KeptTap[],
  hook: THook,
  given: HookArgument[THook],
): Promise<HookArgument[THook]> => {
  const { limitMs } = hookCatalogue[hook];
  let value = frozenCopy(given);
  const concerned = taps.filter((tap) => tap.hook === hook).toSorted((left, right) => left.stage - right.stage);
  for (const { tap } of concerned) {
    const before = value;
    const answer: unknown = await within(`a tap of ${hook}`, limitMs, () => tap(before as never));
    if (answer !== undefined && isDeciding(hook)) value = read(hook, before, answer);
  }
  return value;
};

const isDeciding = (hook: HookName): hook is DecidingHook => hookCatalogue[hook].kind === "decides";

const read = <T>(hook: DecidingHook, given: T, answer: unknown): T => {
  const reader = readAnswer[hook] as (given: T, answer: object) => T | undefined;
  const found = typeof answer === "object" && answer !== null ? reader(given, answer) : undefined;
  if (found !== undefined) return found;
  throw new TypeError(
    `expected a tap of ${hook} to answer what it was given, changed or not, or nothing; found ${JSON.stringify(answer)}`,
  );
};

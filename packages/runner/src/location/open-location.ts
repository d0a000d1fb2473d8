import { stat } from "node:fs/promises";

import { HoldfastError } from "@holdfast/core";
import { createLocationHooks } from "@holdfast/core/plugin";

import { AsyncCleanUps } from "../clean-ups.ts";
import { answerWithin } from "./answer-within.ts";
import { bindHooks } from "./bind-hooks.ts";
import { ToolRegistry } from "./tool-registry.ts";

import type { Location } from "@holdfast/core";
import type { LocationHooks, Plugin, PluginContext, PluginDisposer, PluginHooks } from "@holdfast/core/plugin";
import type { Services } from "../services.ts";
import type { Observers } from "./bind-hooks.ts";

const closeLimitMs = 5_000;

/** A Location that is open: its own hooks and tools, as its plugins set them up. */
export interface OpenLocation extends AsyncDisposable {
  readonly location: Location;
  readonly hooks: LocationHooks;
  readonly tools: ToolRegistry;
  /** Resolves when every observer that was told of a commit has answered. */
  observed(): Promise<void>;
}

/**
 * Opens a Location: sets its plugins up in order. Where one fails, those before it are closed again.
 *
 * @throws location.not-found, plugin.setup-failed, runtime.disposed
 */
export const openLocation = async (location: Location, services: Services): Promise<OpenLocation> => {
  await identityOf(location);
  const hooks = createLocationHooks();
  const tools = new ToolRegistry();
  const observers: Observers = [];
  const scopes = new AsyncCleanUps();
  const close = async (): Promise<void> => {
    for (const observer of observers) observer.close();
    await closeWithin(scopes, services);
  };
  try {
    for (const plugin of services.plugins) {
      await setUp(plugin, {
        location,
        bound: bindHooks(hooks, plugin, { services, observers }),
        tools,
        scopes,
        services,
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    location,
    hooks,
    tools,
    observed: async () => {
      await Promise.all(observers.map((observer) => observer.idle()));
    },
    [Symbol.asyncDispose]: close,
  };
};

/**
 * Identity of a Location's directory as it is now.
 *
 * @throws location.not-found
 */
export const identityOf = async ({ directory }: Location): Promise<string> => {
  const found = await stat(directory, { bigint: true }).catch(() => null);
  if (found?.isDirectory() === true) return `${found.dev}:${found.ino}`;
  throw new HoldfastError("location.not-found", {
    message: `Expected a directory at ${directory}, found none. Create it, or name another one.`,
    data: { directory },
  });
};

interface SetUp {
  readonly location: Location;
  readonly bound: PluginHooks;
  readonly tools: ToolRegistry;
  readonly scopes: AsyncCleanUps;
  readonly services: Services;
}

const setUp = async (plugin: Plugin, { location, bound, tools, scopes, services }: SetUp): Promise<void> => {
  const { clock, disposal, limits } = services;
  const closing = new AbortController();
  scopes.defer(() => closing.abort(new Error(`plugin ${plugin.name} was closed`)));
  const context: PluginContext = {
    location: { ...location },
    hooks: bound,
    tools: {
      register: (tool) => {
        const registration = tools.register(tool, plugin);
        scopes.defer(() => registration[Symbol.dispose]());
        return registration;
      },
    },
    rules: services.rules,
    signal: closing.signal,
    log: services.logger,
  };
  let setting: Promise<PluginDisposer | void> | undefined;
  try {
    const dispose = await answerWithin(() => (setting = (async () => plugin.setup(context))()), {
      clock,
      limitMs: limits.setupMs,
      signal: disposal,
      late: () => new Error(`it did not answer within ${limits.setupMs} ms`),
    });
    if (dispose !== undefined) scopes.defer(async () => dispose());
  } catch (error) {
    // One that is given up and answers later is closed then.
    setting?.then((dispose) => dispose?.()).catch(() => undefined);
    if (HoldfastError.isInstance(error)) throw error;
    throw new HoldfastError("plugin.setup-failed", {
      message: `Setting up plugin "${plugin.name}" at ${location.directory} failed: ${error instanceof Error ? error.message : String(error)}. Fix the plugin, or leave it out.`,
      data: { plugin: plugin.name, directory: location.directory },
      cause: error,
    });
  }
};

/** Closes plugins in reverse order. One that throws or hangs is reported, and the others are closed all the same. */
const closeWithin = async (scopes: AsyncCleanUps, { clock, logger }: Services): Promise<void> => {
  const limit = new AbortController();
  const closed = scopes[Symbol.asyncDispose]().catch((error: unknown) =>
    logger.error("closing a plugin failed", { reason: String(error) }),
  );
  const late = clock
    .sleep(closeLimitMs, limit.signal)
    .then(() => logger.error("closing a Location's plugins took too long", { limitMs: closeLimitMs }))
    .catch(() => undefined);
  await Promise.race([closed, late]);
  limit.abort();
};

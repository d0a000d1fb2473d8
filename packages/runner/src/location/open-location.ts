import { stat } from "node:fs/promises";

import { HoldfastError } from "@holdfast/core";
import { createLocationHooks } from "@holdfast/core/plugin";

import { bindHooks } from "./bind-hooks.ts";
import { ToolRegistry } from "./tool-registry.ts";

import type { Location } from "@holdfast/core";
import type { LocationHooks, Plugin } from "@holdfast/core/plugin";
import type { Services } from "../services.ts";

const closeLimitMs = 5_000;

/** A Location that is open: its own hooks and tools, as its plugins set them up. */
export interface OpenLocation extends AsyncDisposable {
  readonly location: Location;
  readonly hooks: LocationHooks;
  readonly tools: ToolRegistry;
  /** Device and inode of the directory, when it was opened. */
  readonly identity: string;
}

/**
 * Opens a Location: sets its plugins up in order. Where one fails, those before it are closed again.
 *
 * @throws location.not-found, plugin.setup-failed
 */
export const openLocation = async (location: Location, services: Services): Promise<OpenLocation> => {
  const identity = await identityOf(location);
  const hooks = createLocationHooks();
  const tools = new ToolRegistry();
  const scopes = new AsyncDisposableStack();
  try {
    for (const plugin of services.plugins) await setUp(plugin, { location, hooks, tools, scopes, services });
  } catch (error) {
    await closeWithin(scopes, services);
    throw error;
  }
  return {
    location,
    hooks,
    tools,
    identity,
    [Symbol.asyncDispose]: () => closeWithin(scopes, services),
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
  readonly hooks: LocationHooks;
  readonly tools: ToolRegistry;
  readonly scopes: AsyncDisposableStack;
  readonly services: Services;
}

const setUp = async (plugin: Plugin, { location, hooks, tools, scopes, services }: SetUp): Promise<void> => {
  const closing = new AbortController();
  scopes.defer(() => closing.abort(new Error(`plugin ${plugin.name} was closed`)));
  try {
    const dispose = await plugin.setup({
      location,
      hooks: bindHooks(hooks, plugin, services.logger),
      tools: {
        register: (tool) => {
          const registration = tools.register(tool, plugin);
          scopes.use({ [Symbol.asyncDispose]: async () => registration[Symbol.dispose]() });
          return registration;
        },
      },
      rules: services.rules,
      signal: closing.signal,
      log: services.logger,
    });
    if (dispose !== undefined) scopes.defer(async () => dispose());
  } catch (error) {
    if (HoldfastError.isInstance(error)) throw error;
    throw new HoldfastError("plugin.setup-failed", {
      message: `Setting up plugin "${plugin.name}" at ${location.directory} failed: ${error instanceof Error ? error.message : String(error)}. Fix the plugin, or leave it out.`,
      data: { plugin: plugin.name, directory: location.directory },
      cause: error,
    });
  }
};

/** Closes plugins in reverse order. One that throws or hangs is reported, and the others are closed all the same. */
const closeWithin = async (scopes: AsyncDisposableStack, { clock, logger }: Services): Promise<void> => {
  const limit = new AbortController();
  const closed = scopes
    .disposeAsync()
    .catch((error: unknown) => logger.error("closing a plugin failed", { reason: String(error) }));
  const late = clock
    .sleep(closeLimitMs, limit.signal)
    .then(() => logger.error("closing a Location's plugins took too long", { limitMs: closeLimitMs }))
    .catch(() => undefined);
  await Promise.race([closed, late]);
  limit.abort();
};

import { HoldfastError } from "@holdfast/core";
import { parseArguments } from "@holdfast/core/arguments";

import { AsyncCleanUps } from "../clean-ups.ts";
import { LiveHub } from "../live/live-hub.ts";
import { LocationMap } from "../location/location-map.ts";
import { readOutput } from "../output/read-output.ts";
import { SharedOutputs } from "../output/shared-outputs.ts";
import { Owner } from "../owner/owner.ts";
import { toServices } from "../services.ts";
import { Committer } from "../session/committer.ts";
import { Coordinator } from "../session/coordinator.ts";
import { Discovery } from "../session/discovery.ts";
import { HistoryCache } from "../session/history-cache.ts";
import { argumentSchemas } from "./arguments.ts";
import { listFiles } from "./list-files.ts";
import { listModels } from "./list-models.ts";
import { pluginChanges } from "./plugin-changes.ts";
import { runtimeOptionsSchema } from "./runtime-options-schema.ts";
import { RuntimeAsks } from "./runtime-asks.ts";
import { RuntimeSessions } from "./runtime-sessions.ts";

import type { Runtime } from "./runtime.ts";
import type { RuntimeOptions } from "../runtime-options.ts";
import type { Kernel } from "../session/kernel.ts";

/**
 * Composes a runtime over a store: sessions in this process, shared with every other process that has the store open. Disposing of it
 * takes no new work, closes open blocks as cut, gives begun calls 5 s, gives up its claims, and closes the store.
 *
 * @throws argument.invalid for options that do not fit, naming each of them; plugin.invalid, plugin.unmet for plugins that cannot be set up
 * together.
 */
export const createRuntime = async (options: RuntimeOptions): Promise<Runtime> => {
  const disposal = new AbortController();
  const rest = new AbortController();
  const ends = { disposal: disposal.signal, rest: rest.signal };
  const services = toServices(parseArguments(runtimeOptionsSchema, options, "createRuntime"), ends);
  const locations = new LocationMap(services);
  const kernel: Kernel = {
    services,
    owner: new Owner(services),
    locations,
    committer: new Committer(services, locations),
    live: new LiveHub(),
    histories: new HistoryCache(services.store),
    outputs: new SharedOutputs(services.store),
  };
  const coordinator = new Coordinator(kernel);
  const discovery = new Discovery(kernel, coordinator);
  if (services.recovery === "resume" || services.recovery === "ask") discovery.start();

  // Closed in reverse order; each of them also where another one fails.
  const parts = new AsyncCleanUps();
  parts.defer(async () => services.store[Symbol.asyncDispose]());
  parts.defer(() => locations[Symbol.asyncDispose]());
  parts.defer(() => kernel.committer.notified());
  parts.defer(() => kernel.owner.retire());
  parts.defer(() => rest.abort(disposed()));
  parts.defer(() => coordinator.close());
  parts.defer(() => discovery[Symbol.asyncDispose]());
  parts.defer(() => disposal.abort(disposed()));
  return {
    sessions: new RuntimeSessions(kernel, coordinator, disposal.signal),
    asks: new RuntimeAsks(kernel, coordinator, disposal.signal),
    outputs: {
      read: async (query) => {
        disposal.signal.throwIfAborted();
        return readOutput(
          services.store,
          kernel.outputs,
          parseArguments(argumentSchemas.output, query, "outputs.read"),
        );
      },
    },
    locations: {
      list: async () => {
        disposal.signal.throwIfAborted();
        return locations.list().map((open) => open.info());
      },
      files: async (query) => {
        disposal.signal.throwIfAborted();
        return listFiles(parseArguments(argumentSchemas.files, query, "locations.files"));
      },
    },
    models: {
      list: async () => {
        disposal.signal.throwIfAborted();
        return listModels(services);
      },
    },
    ...pluginChanges(locations, disposal.signal),
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  };
};

const disposed = (): HoldfastError<"runtime.disposed"> =>
  new HoldfastError("runtime.disposed", {
    message: "The runtime was disposed of. Create a new one to go on with its sessions.",
  });

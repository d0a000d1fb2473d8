import { HoldfastError } from "@holdfast/core/errors";

import { clientAsks } from "./client-asks.ts";
import { clientSessions } from "./client-sessions.ts";
import { systemPorts } from "./system-ports.ts";
import { Wire } from "./wire.ts";

import type { Client } from "./client.ts";
import type { ClientOptions, ClientPorts } from "./client-options.ts";

/**
 * A client of a server. Nothing is sent before the first call.
 *
 * @param ports Default: those of the platform.
 * @throws argument.invalid where `baseUrl` is no URL of HTTP.
 */
export const createClient = (options: ClientOptions, ports: ClientPorts = systemPorts): Client => {
  const disposal = new AbortController();
  const wire = new Wire(options, ports, disposal.signal);
  return {
    sessions: clientSessions(wire),
    asks: clientAsks(wire),
    outputs: { read: (query, call) => wire.call("GET /v1/sessions/{sessionId}/output", query, call) },
    locations: {
      list: async (call) => (await wire.call("GET /v1/locations", {}, call)).locations,
      files: (query, call) => wire.call("GET /v1/locations/files", query, call),
    },
    models: { list: async (call) => (await wire.call("GET /v1/models", {}, call)).models },
    [Symbol.asyncDispose]: async () => disposal.abort(disposed()),
  };
};

const disposed = (): HoldfastError =>
  new HoldfastError("runtime.disposed", {
    message: "Expected a client in use, found one that was disposed of. Make another one with createClient().",
  });

import { once } from "node:events";
import { createServer } from "node:http";

import { HoldfastError } from "@holdfast/core";
import { parseArguments } from "@holdfast/core/arguments";
import { getRequestListener } from "@hono/node-server";

import { createHttpHandler } from "../create-http-handler.ts";
import { OpenConnections } from "./open-connections.ts";
import { serveOptionsSchema } from "./server-options.ts";

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServeOptions } from "./server-options.ts";

/** A server that listens. Disposing of it tells every stream to come again, lets requests finish for a while, and closes. */
export interface HttpServer extends AsyncDisposable {
  /** `http://…`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;
const wildcard: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/**
 * Serves a facade from a Node server, on loopback unless told otherwise. Resolves once it listens, also where the facade is still being
 * opened, or could not be: `GET /ready` says so, and why.
 *
 * @throws http.token-required where others could reach it, and it has no token.
 * @throws http.cannot-listen where the port is taken, or may not be had; argument.invalid for options that do not fit.
 */
export const serve = async (options: ServeOptions): Promise<HttpServer> => {
  const { port: _port, hostname: _hostname, server: _server, ...rest } = options;
  const { port, hostname, server: limits, token, hosts } = parseArguments(serveOptionsSchema, options, "serve");
  if (!loopback.test(hostname) && token === undefined) throw tokenRequired(hostname);
  const named = wildcard.has(hostname) ? "*" : hostname.includes(":") ? `[${hostname}]` : hostname;
  const handler = createHttpHandler({ ...rest, hosts: [...hosts, named] });
  const listener = getRequestListener((request, bindings) => handler.fetch(request, bindings), {
    overrideGlobalObjects: false,
  });
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      // Bodies have limits of their own: an import may take longer than any request should.
      requestTimeout: 0,
      keepAliveTimeout: limits.idleMs,
      maxHeaderSize: limits.headerBytes,
      connectionsCheckingInterval: Math.max(50, Math.min(1_000, limits.headersMs / 2)),
    },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  const connections = new OpenConnections(server);
  server.maxConnections = limits.connections;
  server.maxHeadersCount = limits.headers;
  const address = await listen(server, { port, host: hostname, backlog: limits.connections });
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${address.port}`,
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      await handler[Symbol.asyncDispose]();
      await close(server, connections, limits.graceMs);
    },
  };
};

/** The backlog is as long as there may be connections: of those that come at once, the system resets what it cannot hold. */
const listen = async (
  server: Server,
  place: { readonly port: number; readonly host: string; readonly backlog: number },
): Promise<AddressInfo> => {
  server.listen({ ...place });
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new HoldfastError("http.cannot-listen", {
      message: `Expected to listen on ${place.host}, port ${place.port}, and could not: ${String(cause)}. Choose another port, or end what has it.`,
      data: { port: place.port },
      cause,
    });
  }
  return server.address() as AddressInfo;
};

const close = async (server: Server, connections: OpenConnections, graceMs: number): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  connections.closeIdle();
  const late = setTimeout(() => connections.closeAll(), graceMs);
  try {
    await closed;
  } finally {
    clearTimeout(late);
  }
};

const tokenRequired = (hostname: string): HoldfastError<"http.token-required"> =>
  new HoldfastError("http.token-required", {
    message: `Expected a token, because others can reach ${hostname}, found none. Set "token", or listen on 127.0.0.1.`,
    data: { hostname },
  });

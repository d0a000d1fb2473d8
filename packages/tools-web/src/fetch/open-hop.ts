import { fetchLimits } from "./fetch-limits.ts";
import { loadUndici } from "./load-undici.ts";
import { WireMeter } from "./wire-meter.ts";

import type { LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import type { PinnedAddress } from "./resolve-target.ts";

/** One request, and where it goes. */
export interface HopRequest {
  readonly url: URL;
  readonly addresses: readonly PinnedAddress[];
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Of everything that comes over the connection: what is no body is not counted anywhere else. */
  readonly maxWireBytes: number;
  /** Ends the request, and the body after it. */
  readonly signal: AbortSignal;
}

/** An answer whose body was not read yet. */
export interface Hop {
  readonly status: number;
  /** Names in lower case. A header that came twice is a list. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Readable;
  /** Closes the connection, whatever is still under way. */
  close(): Promise<void>;
}

/**
 * Makes one request over a connection of its own, to one of the given addresses and to nothing else. Follows no redirect, keeps no cookie,
 * knows no proxy.
 */
export const openHop = async ({ url, addresses, maxWireBytes, ...request }: HopRequest): Promise<Hop> => {
  const { Agent, buildConnector } = await loadUndici();
  request.signal.throwIfAborted();
  const connect = buildConnector({ lookup: pinTo(addresses), timeout: fetchLimits.firstByteMs, allowH2: false });
  const meter = new WireMeter(maxWireBytes);
  const agent = new Agent({
    connect: (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error !== null) callback(error, null);
        else {
          meter.watch(socket);
          callback(null, socket);
        }
      }),
    // The deadlines are the caller's signal.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: fetchLimits.headerBytes,
    allowH2: false,
  });
  const close = async () => {
    meter[Symbol.dispose]();
    await agent.destroy();
  };
  try {
    const { statusCode, headers, body } = await agent.request({
      ...request,
      body: request.body ?? null,
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      reset: true,
    });
    // Who closes before the end is told so by an error that nobody waits for.
    body.on("error", () => undefined);
    return { status: statusCode, headers, body, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** In place of the system's resolver, which could say something else by now. */
const pinTo =
  (addresses: readonly PinnedAddress[]): LookupFunction =>
  (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? "", first?.family ?? 4);
  };

import * as z from "zod";

import type { HttpHandlerOptions } from "../handler-options.ts";

/** Bounds of a server's connections, each with its default. All times are in milliseconds. */
export interface ServerLimits {
  /** Connections that are open at once. Default 2,000; more are closed as they come. */
  readonly connections?: number | undefined;
  /** How long the headers of a request may take to arrive. Default 10,000. */
  readonly headersMs?: number | undefined;
  /** Bytes of the headers of a request. Default 16 KiB. */
  readonly headerBytes?: number | undefined;
  /** How many headers a request may have. Default 100. */
  readonly headers?: number | undefined;
  /** After how long a connection is closed that asks for nothing. Default 60,000. */
  readonly idleMs?: number | undefined;
  /** How long disposing waits for requests that were taken. Default 5,000. */
  readonly graceMs?: number | undefined;
}

/** What a server is made of. */
export interface ServeOptions extends HttpHandlerOptions {
  /** 0 to 65,535; 0 for one that is free. Default 0. */
  readonly port?: number | undefined;
  /** Where to listen. Anything but loopback needs a token. Default `127.0.0.1`. */
  readonly hostname?: string | undefined;
  readonly server?: ServerLimits | undefined;
}

const count = (most: number) => z.int().min(1).max(most);

/** What `serve` takes beside what a handler does, with each default in its place. */
export const serveOptionsSchema = z.object({
  port: z.int().min(0).max(65_535).default(0),
  hostname: z.string().min(1).max(255).default("127.0.0.1"),
  token: z.string().optional(),
  hosts: z.array(z.string()).default([]),
  server: z
    .strictObject({
      connections: count(1_000_000).default(2_000),
      headersMs: count(86_400_000).default(10_000),
      headerBytes: count(1024 * 1024).default(16 * 1024),
      headers: count(10_000).default(100),
      idleMs: count(86_400_000).default(60_000),
      graceMs: z.int().min(0).max(86_400_000).default(5_000),
    })
    .prefault({}),
});

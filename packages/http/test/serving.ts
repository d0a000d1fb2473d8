import { mkdtemp, realpath, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text } from "@holdfast/testkit";

import { serve } from "@holdfast/http";

import type { ServeOptions } from "@holdfast/http";
import type { Problem } from "@holdfast/core/routes";
import type { Runtime } from "@holdfast/runner";
import type { RuntimeOptions } from "@holdfast/runner";
import type { ScriptedModel } from "@holdfast/testkit";
import type { Script } from "@holdfast/testkit";

/** A server over a runtime with a store of its own, and what its log was told. */
export interface Serving extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly holdfast: Runtime;
  readonly model: ScriptedModel;
  /** A folder of its own, canonical. */
  readonly directory: string;
  readonly logged: { readonly message: string; readonly data: unknown }[];
  readonly request: (method: string, path: string, more?: RequestMore) => Promise<Answer>;
  /** A session at the folder. */
  readonly session: () => Promise<string>;
}

/** What a request is made of beside method and path. */
export interface RequestMore {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** JSON that a test looks into: what it expects of it is what it says of it. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: Loose;
}

/** Starts a server. Everything is allowed, and the model greets, unless told otherwise. */
export const startServing = async (
  options: Partial<ServeOptions> = {},
  {
    script = () => [text("Hello.")],
    ...runtime
  }: { readonly script?: Script } & Partial<Omit<RuntimeOptions, "store" | "model">> = {},
): Promise<Serving> => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "holdfast-http-")));
  const model = scriptedModel(script);
  const holdfast = await createRuntime({
    store: await openSqliteStore({ path: join(directory, "sessions.db") }),
    model: ({ id }) => (id === "unknown" ? null : { model }),
    rules: [{ action: "*", resource: "*", effect: "allow" }],
    ...runtime,
  });
  const logged: { message: string; data: unknown }[] = [];
  const log = (message: string, data?: unknown): void => void logged.push({ message, data });
  const server = await serve({
    holdfast,
    logger: { debug: log, info: log, warn: log, error: log },
    ...options,
  });
  const own = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const request = (method: string, path: string, { body, headers = {} }: RequestMore = {}): Promise<Answer> =>
    send(`${server.url}${path}`, {
      method,
      headers: { ...own, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return {
    url: server.url,
    port: server.port,
    holdfast,
    model,
    directory,
    logged,
    request,
    session: async () => (await holdfast.sessions.create({ location: { directory } })).id,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await holdfast[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Sends a request, and reads the answer to its end. */
export const send = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(url, init);
  const body = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text: body, json };
};

/** Status and code of a refusal. */
export const refusal = ({ status, json }: Answer): readonly [number, string] => [status, (json as Problem).code];

/** Writes bytes to a server as they are, and gives what came back until it closed, or until the time was over. */
export const sendRaw = (
  port: number,
  bytes: string,
  { ms = 2_000, host = "127.0.0.1" }: { readonly ms?: number; readonly host?: string } = {},
): Promise<string> =>
  new Promise((resolve) => {
    let received = "";
    const socket = connect(port, host, () => socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(), ms);
    socket.setEncoding("utf8");
    socket.on("data", (part: string) => (received += part));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(received);
    });
  });

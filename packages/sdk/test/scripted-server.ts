import { once } from "node:events";
import { createServer } from "node:http";

import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request said. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** One answer of a server. */
export type Reply = (response: ServerResponse, request: Heard) => void | Promise<void>;

/** A server that says what it is told to, and keeps what it heard. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly heard: readonly Heard[];
  /** How many connections of answers that were begun are still open. */
  readonly open: () => number;
}

/** Answers each request with the next reply, and all after the last one with that. */
export const scriptedServer = async (...replies: readonly Reply[]): Promise<ScriptedServer> => {
  const heard: Heard[] = [];
  const responses = new Set<ServerResponse>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const one: Heard = {
      method: request.method ?? "",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body,
    };
    const reply = replies[Math.min(heard.length, replies.length - 1)];
    heard.push(one);
    await reply?.(response, one);
  };
  const server = createServer((request, response) => {
    responses.add(response);
    response.once("close", () => responses.delete(response));
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    open: () => responses.size,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

/** A success. */
export const json =
  (value: unknown): Reply =>
  (response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

/** A refusal, as a problem. */
export const problem =
  (
    status: number,
    code: string,
    {
      headers = {},
      ...more
    }: { readonly headers?: Readonly<Record<string, string>>; readonly [name: string]: unknown } = {},
  ): Reply =>
  (response) =>
    void response
      .writeHead(status, { "content-type": "application/problem+json", ...headers })
      .end(JSON.stringify({ type: "about:blank", title: "Refused", status, code, retryable: false, ...more }));

/** A page where none is expected. */
export const html: Reply = (response) =>
  void response.writeHead(200, { "content-type": "text/html" }).end("<html></html>");

/** A status without anything that a server of ours would say. */
export const bare =
  (status: number, headers: Readonly<Record<string, string>> = {}): Reply =>
  (response) =>
    void response.writeHead(status, headers).end("<html></html>");

/** The connection is cut in place of an answer. */
export const reset: Reply = (response) => void response.socket?.destroy();

/** No answer at all. */
export const silence: Reply = () => {};

/** A frame of a stream of events. */
export const frame = (event: string, data: unknown, id?: string): string =>
  `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** A durable event as a frame, whose cursor is `c` and its seq. */
export const eventFrame = (seq: number, type = "text.ended", data: object = {}): string =>
  frame("event", { seq, type, data }, `c${seq}`);

/** A stream that says these frames, and then ends, breaks or stays open. */
export const stream =
  (frames: readonly string[], then: "end" | "cut" | "stay"): Reply =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    const finish = (): void => {
      if (then === "end") response.end();
      if (then === "cut") response.socket?.destroy();
    };
    if (frames.length === 0) finish();
    else response.write(frames.join(""), finish);
  };

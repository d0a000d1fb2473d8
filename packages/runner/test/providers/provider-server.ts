import { createServer } from "node:http";

import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Beat, Trouble, Wire } from "./beat.ts";

/** How a server answers one request. */
export type Answer = (response: ServerResponse, wire: Wire) => void;

/** What a server was asked. */
export interface Asked {
  /** On the monotonic clock, in milliseconds. */
  readonly atMs: number;
  readonly body: { readonly [key: string]: unknown };
}

/** A provider on 127.0.0.1 that answers from a script, one answer for each request, and the last one again and again. */
export interface ProviderServer extends AsyncDisposable {
  readonly baseURL: string;
  readonly asked: readonly Asked[];
  /** Answers that are neither ended nor left by who asked. */
  readonly open: number;
}

export const startProvider = async (wire: Wire, answers: readonly Answer[]): Promise<ProviderServer> => {
  const asked: Asked[] = [];
  const state = { open: 0 };
  const sockets = new Set<Socket>();
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    state.open += 1;
    response.on("close", () => (state.open -= 1));
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push({ atMs: performance.now(), body: await readBody(request) });
    answer?.(response, wire);
  };
  const server = createServer((request, response) => {
    // Who asked went away before the whole request was here.
    respond(request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    asked,
    get open() {
      return state.open;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const readBody = async (request: IncomingMessage): Promise<Asked["body"]> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Asked["body"];
};

const stream = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
};

/** A stream to its end, whatever it says. */
export const says =
  (...beats: readonly Beat[]): Answer =>
  (response, wire) => {
    stream(response);
    response.end(wire.frames(beats).join(""));
  };

/** A stream whose connection is reset after what it said. */
export const saysAndBreaks =
  (...beats: readonly Beat[]): Answer =>
  (response, wire) => {
    stream(response);
    response.write(wire.frames(beats).join(""), () => {
      // What was written gets its time to arrive: a reset throws away what its receiver has not read.
      setTimeout(() => response.socket?.resetAndDestroy(), 30);
    });
  };

/** A stream that says no more, and is kept warm by comments. */
export const saysAndStalls =
  (...beats: readonly Beat[]): Answer =>
  (response, wire) => {
    stream(response);
    response.write(wire.frames(beats).join(""));
    const timer = setInterval(() => response.write(": keep-alive\n\n"), 10);
    response.on("close", () => clearInterval(timer));
  };

/** A refusal, with headers. */
export const refuses =
  (trouble: Trouble, headers: { readonly [name: string]: string } = {}): Answer =>
  (response, wire) => {
    const { status, body } = wire.refusal(trouble);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };

/** An answer of a type that nobody asked for. */
export const answers =
  (status: number, type: string, body: string): Answer =>
  (response) => {
    response.writeHead(status, { "content-type": type });
    response.end(body);
  };

/** Resets the connection before the first byte. */
export const resets: Answer = (response) => response.socket?.resetAndDestroy();

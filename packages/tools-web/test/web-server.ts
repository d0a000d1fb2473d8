import { once } from "node:events";
import { createServer } from "node:http";

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on this machine that is scripted by path. */
export interface WebServer extends AsyncDisposable {
  readonly port: number;
  /** What was asked for, in order: host and path. */
  readonly asked: readonly string[];
}

/** What a server answers at a path. */
export type Route = RequestListener | string;

/** Starts a server, at a free port where none is given. What it has no route for is answered with 404. */
export const openServer = async (routes: Readonly<Record<string, Route>>, port = 0): Promise<WebServer> => {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? "/";
    asked.push(`${request.headers.host?.split(":")[0]}${path}`);
    const route = routes[path] ?? routes[path.split("?")[0] ?? ""];
    if (typeof route === "function") route(request, response);
    else if (route === undefined) response.writeHead(404).end("not here");
    else response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(route);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

import { once } from "node:events";
import { createServer } from "node:http";

import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that came to the service, whole. */
export interface ServiceRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server on this machine that answers as a script says. */
export interface ScriptedService extends AsyncDisposable {
  readonly port: number;
  readonly requests: readonly ServiceRequest[];
}

/** Starts a service at a free port of the loopback. */
export const openService = async (
  answer: (request: ServiceRequest, response: ServerResponse) => void,
): Promise<ScriptedService> => {
  const requests: ServiceRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    // Whoever asks may go at any time.
    incoming.on("error", () => undefined);
    response.on("error", () => undefined);
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      answer(request, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

import { once } from "node:events";
import { createServer } from "node:http";

import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that counts whatever connects to it. */
export interface Canary extends AsyncDisposable {
  readonly port: number;
  /** Connections so far, also those that never sent anything. */
  connections(): number;
}

/** Listens at an address of this machine. Port 0 takes a free one. */
export const openCanary = async (
  address: string,
  port: number,
  listener: RequestListener = (_request, response) => void response.end("canary"),
): Promise<Canary> => {
  let connections = 0;
  const server: Server = createServer(listener);
  server.on("connection", () => connections++);
  server.listen(port, address);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

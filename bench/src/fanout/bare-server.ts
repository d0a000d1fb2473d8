import { createServer } from "node:http";
import { once } from "node:events";

import { burst } from "./burst.ts";

import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Trigger } from "./burst.ts";

/** The floor: `node:http`, frames that were encoded before, one write a turn for each client. */
export const startBare = async (
  frames: readonly string[],
  trigger: Trigger,
): Promise<AsyncDisposable & { readonly port: number }> => {
  const clients = new Set<ServerResponse>();
  const chunks = Array.from({ length: frames.length / burst.perTurn }, (_, turn) =>
    Buffer.from(frames.slice(turn * burst.perTurn, (turn + 1) * burst.perTurn).join("")),
  );
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(":\n\n");
    clients.add(response);
    response.once("close", () => clients.delete(response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const send = async (): Promise<void> => {
    for (;;) {
      await trigger.fired;
      for (const chunk of chunks) {
        for (const client of clients) client.write(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }
      trigger.reset();
    }
  };
  void send();
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

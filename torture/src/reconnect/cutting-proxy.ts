import { once } from "node:events";
import { connect, createServer } from "node:net";

import type { AddressInfo, Socket } from "node:net";

/** A proxy that cuts its connections. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** How many connections it has cut so far. */
  readonly cuts: () => number;
}

/** What is cut, and where. */
export interface Cutting {
  readonly port: number;
  /** How many connections are cut before it lets all pass. */
  readonly cuts: number;
  /** How many bytes of answers a connection passes at most before it is cut: a random number from none up to this, wherever that is. */
  readonly mostBytes: number;
  readonly random: () => number;
}

/** Passes bytes on to a server, and cuts each connection after a random number of the bytes that come back: by its end, or by a reset. */
export const cuttingProxy = async ({ port, cuts: wanted, mostBytes, random }: Cutting): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const proxy = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let left = cuts < wanted ? Math.floor(random() * mostBytes) : Infinity;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (bytes: Buffer) => {
      if (client.destroyed) return;
      if (bytes.length < left) {
        left -= bytes.length;
        if (client.write(bytes)) return;
        upstream.pause();
        client.once("drain", () => upstream.resume());
        return;
      }
      cuts += 1;
      upstream.destroy();
      client.write(bytes.subarray(0, left), () => (random() < 0.5 ? client.resetAndDestroy() : client.destroy()));
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cuts: () => cuts,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
};

import { once } from "node:events";
import { createServer } from "node:net";

import * as z from "zod";

import { startChild } from "../child-process.ts";
import { hostileServers } from "./hostile-servers.ts";

import type { AddressInfo, Server, Socket } from "node:net";
import type { Torture } from "../torture.ts";
import type { HostileServer } from "./hostile-servers.ts";

/** What each fetch may take, and by how much a loaded machine may be late. */
const timeoutMs = 1_500;
const lateMs = 10_000;
/** What a fetch may take of memory beyond a process that has fetched before. */
const peakMb = 64;

const resultSchema = z.object({ code: z.string(), ms: z.number(), peakKb: z.number() });

/** A server that drips, pours, lies or breaks off ends a fetch with an error of ours, in time and in bounded memory. */
export const web: Torture = {
  name: "web",
  proves:
    "a server that drips, never ends, sends bombs, lies about lengths, breaks off, redirects in circles or speaks no HTTP ends a fetch with an error that has a code, within its time and in bounded memory",
  run: async () => {
    const broken: string[] = [];
    const done: Record<string, string> = {};
    let most = 0;
    for (const hostile of hostileServers) {
      const { code, ms, peakKb } = await fetchFrom(hostile);
      const peak = Math.round(peakKb / 1024);
      most = Math.max(most, peak);
      done[hostile.name] = `${code} after ${Math.round(ms)} ms, ${peak} MB over base`;
      if (!hostile.codes.includes(code))
        broken.push(`${hostile.name}: expected ${hostile.codes.join(" or ")}, found ${code}`);
      if (ms > timeoutMs + lateMs) broken.push(`${hostile.name}: it took ${Math.round(ms)} ms`);
      if (peak > peakMb) broken.push(`${hostile.name}: it took ${peak} MB over base`);
    }
    return { done: { ...done, "most memory over base": `${most} MB` }, broken };
  },
};

const fetchFrom = async (hostile: HostileServer) => {
  await using server = await openServer(hostile);
  await using child = startChild(new URL("fetching-child.ts", import.meta.url), { port: server.port, timeoutMs });
  return resultSchema.parse(await child.next());
};

interface OpenServer extends AsyncDisposable {
  readonly port: number;
}

const well = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";

const openServer = async ({ answer }: HostileServer): Promise<OpenServer> => {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    // Whoever is fetched by may go at any time.
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", (request) => (request.includes("GET /well") ? socket.end(well) : answer(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};

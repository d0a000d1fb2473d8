import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { serve } from "@holdfast/http";

import { cpuMsOf, paired } from "../bench.ts";
import { startBare } from "./bare-server.ts";
import { burst, burstFacade, makeItems, Trigger } from "./burst.ts";

import type { EventItem } from "@holdfast/core";
import type { Bench, Figure } from "../bench.ts";

const textBytes = 100;

/** CPU of a server that tells a burst of events to many streams, against a bare one that writes frames which were encoded before. */
export const fanout: Bench = {
  name: "fanout",
  run: async () => {
    const figures: Figure[] = [];
    for (const clients of [1, 10, 50, 200]) figures.push(await measure(clients));
    figures.push(await stalled());
    return figures;
  },
};

const measure = async (clients: number): Promise<Figure> => {
  const items = makeItems(textBytes);
  await using child = startClients();
  const delivered = clients * burst.events;
  return await paired({
    bench: "fanout",
    metric: `CPU per delivered event, ${clients} ${clients === 1 ? "client" : "clients"}`,
    unit: "µs",
    rounds: 5,
    bound: { atMost: 1.3 },
    ours: async () => {
      const trigger = new Trigger();
      await using server = await serve({ holdfast: burstFacade(items, trigger), limits: { streams: 1_000 } });
      return (1_000 * (await cpuOf(child, trigger, { port: server.port, clients })).cpuMs) / delivered;
    },
    floor: async () => {
      const trigger = new Trigger();
      await using server = await startBare(items.map(toFrame), trigger);
      return (1_000 * (await cpuOf(child, trigger, { port: server.port, clients })).cpuMs) / delivered;
    },
  });
};

/** With one client beside 10 others that takes nothing: the others' CPU, and whether it was cut off. */
const stalled = async (): Promise<Figure> => {
  const items = makeItems(4_000);
  await using child = startClients();
  const run = async (isThere: boolean): Promise<number> => {
    const trigger = new Trigger();
    await using server = await serve({ holdfast: burstFacade(items, trigger) });
    const { cpuMs, cutOff } = await cpuOf(child, trigger, { port: server.port, clients: 10, stalled: isThere });
    if (isThere && cutOff !== true) throw new Error("expected who does not read to be cut off, and it was not");
    return (1_000 * cpuMs) / (10 * burst.events);
  };
  return await paired({
    bench: "fanout",
    metric: "CPU per delivered event, 10 clients and one that never reads, against 10",
    unit: "µs",
    rounds: 5,
    bound: { atMost: 1.3 },
    ours: () => run(true),
    floor: () => run(false),
  });
};

const toFrame = (item: EventItem): string =>
  item.kind === "event" ? `event: event\nid: ${item.cursor}\ndata: ${JSON.stringify(item.event)}\n\n` : "";

interface Clients extends AsyncDisposable {
  readonly say: (order: unknown) => void;
  readonly next: () => Promise<{ readonly complete?: boolean; readonly cutOff?: boolean }>;
}

const cpuOf = async (
  child: Clients,
  trigger: Trigger,
  order: { readonly port: number; readonly clients: number; readonly stalled?: boolean },
): Promise<{ readonly cpuMs: number; readonly cutOff: boolean | undefined }> => {
  child.say({ stalled: false, ...order, events: burst.events });
  await child.next();
  // What connecting leaves to be done is no part of it.
  await new Promise((resolve) => setTimeout(resolve, 50));
  let cutOff: boolean | undefined;
  const cpuMs = await cpuMsOf(async () => {
    trigger.fire();
    const told = await child.next();
    if (told.complete !== true) throw new Error("expected every client to be told every event, and one was not");
    ({ cutOff } = told);
  });
  return { cpuMs, cutOff };
};

const startClients = (): Clients => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("clients.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    say: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    next: async () => JSON.parse(String((await lines.next()).value)) as object,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
};

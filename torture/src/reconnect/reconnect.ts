import { createClient } from "@holdfast/sdk";
import { createRandom } from "@holdfast/testkit";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";
import { cuttingProxy } from "./cutting-proxy.ts";
import { followByEventSource, followBySdk } from "./followers.ts";

import type { Outcome, Torture } from "../torture.ts";
import type { Following, Told } from "./followers.ts";

const host = new URL("host.ts", import.meta.url);
const followers = { sdk: followBySdk, eventsource: followByEventSource } as const;
/** Bytes of one event as it is sent, about. */
const eventBytes = 950;

/** Readers whose connections are cut again and again. */
export const reconnect: Torture = {
  name: "reconnect",
  proves:
    "readers whose connections a proxy cuts at random bytes are told every durable event exactly once and in order: by the SDK, and by the public package eventsource",
  run: async ({ full, seed }): Promise<Outcome> => {
    const events = full ? 5_000 : 600;
    const cuts = full ? 500 : 60;
    const lastingMs = full ? 30_000 : 4_000;
    const random = createRandom(seed);
    await using scratch = await makeScratch();
    const { store, directory } = scratch;
    await using child = startChild(host, { store, directory, events, lastingMs });
    const { url, port, sessionId } = (await child.next()) as { url: string; port: number; sessionId: string };
    const signal = AbortSignal.timeout(full ? 300_000 : 60_000);
    const startedAt = performance.now();
    child.say("go");
    const done: Record<string, string | number> = { events };
    const broken: string[] = [];
    const told = await Promise.all(
      Object.entries(followers).map(async ([name, follow]) => {
        // Small enough that all cuts are made before the events are told.
        const mostBytes = (eventBytes * events * 1.4) / cuts;
        await using proxy = await cuttingProxy({ port, cuts, mostBytes, random });
        const following: Following = { url: proxy.url, sessionId, events, signal };
        const found = await follow(following);
        done[`${name}: connections cut`] = proxy.cuts();
        done[`${name}: seconds`] = Math.round((performance.now() - startedAt) / 100) / 10;
        if (proxy.cuts() < cuts) broken.push(`${name}: expected ${cuts} cuts, found ${proxy.cuts()}: give fewer bytes`);
        return [name, found] as const;
      }),
    );
    await child.next();
    const log = await readLog(url, sessionId);
    for (const [name, found] of told) broken.push(...judge(log, found).map((sentence) => `${name}: ${sentence}`));
    if (log.length !== events) broken.push(`expected ${events} events in the log, found ${log.length}`);
    return { done, broken };
  },
};

/** The log as it is read over a connection that nobody cuts. */
const readLog = async (url: string, sessionId: string): Promise<readonly Told[]> => {
  await using client = createClient({ baseUrl: url });
  const log: Told[] = [];
  for await (const item of client.sessions.events({ sessionId, until: "sync" }))
    if (item.kind === "event") log.push({ seq: item.event.seq, id: item.event.id });
  return log;
};

/** What of a log a reader was told otherwise than once and in order: the first ten. */
const judge = (log: readonly Told[], told: readonly Told[]): readonly string[] => {
  const found: string[] = [];
  for (let place = 0; place < Math.max(log.length, told.length) && found.length < 10; place++) {
    const [expected, got] = [log[place], told[place]];
    if (expected?.id !== got?.id) found.push(`at place ${place} expected event ${expected?.seq}, was told ${got?.seq}`);
  }
  return found;
};

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel } from "@holdfast/testkit";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";
import { median } from "../torture.ts";

import type { Store } from "@holdfast/core/store";
import type { Child } from "../child-process.ts";
import type { Outcome, Torture } from "../torture.ts";

const writer = new URL("writer.ts", import.meta.url);
/** Commits that land while the reader's first read is paused. */
const early = 20;

/** A reader follows what another process commits. */
export const tail: Torture = {
  name: "tail",
  proves:
    "a tail in another process gets each commit exactly once and in order, also those that land during its first read",
  run: async ({ full }): Promise<Outcome> => {
    const commits = full ? 20_000 : 1_000;
    await using scratch = await makeScratch();
    const model = scriptedModel([]);
    await using setUp = await createRuntime({
      store: await openSqliteStore({ path: scratch.store }),
      model: () => ({ model }),
      recovery: "off",
    });
    const { id: sessionId } = await setUp.sessions.create({ location: { directory: scratch.directory } });
    await using child = startChild(writer, { store: scratch.store, sessionId });
    await child.next();
    const store = pausingFirstRead(await openSqliteStore({ path: scratch.store }), child);
    await using reader = await createRuntime({ store, model: () => ({ model }), recovery: "off" });
    const broken: string[] = [];
    const delays: number[] = [];
    let last = -1;
    for await (const item of reader.sessions.events({ sessionId, signal: AbortSignal.timeout(120_000) })) {
      if (item.kind === "sync") child.say(String(commits - early));
      if (item.kind !== "event") continue;
      if (item.event.seq !== last + 1) broken.push(`after event ${last} came event ${item.event.seq}`);
      last = item.event.seq;
      const data = item.event.data as { readonly metadata?: { readonly at?: number } };
      const at = data.metadata?.at;
      // What was there before the reader is no measure of how fast it is told.
      if (at !== undefined && last > early) delays.push(performance.timeOrigin + performance.now() - at);
      if (last === commits) break;
    }
    if (last !== commits) broken.push(`expected ${commits + 1} events, found ${last + 1}`);
    return {
      done: { commits, "delay, median (ms)": round(median(delays)), "delay, slowest (ms)": round(Math.max(...delays)) },
      broken,
    };
  },
};

/** The store, whose first read of events waits until the other process has committed some more. */
const pausingFirstRead = (store: Store, child: Child): Store => {
  let isFirst = true;
  return new Proxy(store, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      if (key !== "events") return member.bind(target) as unknown;
      return async (query: Parameters<Store["events"]>[0]) => {
        const page = await target.events(query);
        if (isFirst) {
          isFirst = false;
          child.say(String(early));
          await child.next();
        }
        return page;
      };
    },
  });
};

const round = (ms: number): number => Math.round(ms * 10) / 10;

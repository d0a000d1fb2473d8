import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { createClient } from "@holdfast/sdk";

import { median, paired, within } from "../bench.ts";
import { makeScratch } from "../scratch.ts";
import { promptOf } from "../turn/script.ts";

import type { Client } from "@holdfast/sdk";
import type { Bench, Figure } from "../bench.ts";

const host = new URL("host.ts", import.meta.url);
const rounds = 5;
/** Turns before the first figure, and of one figure. */
const warmUp = 60;
const measured = 60;
const together = 8;

/** A client of a server in a process of its own, with a store of its own. */
interface Stage extends AsyncDisposable {
  readonly client: Client;
  readonly directory: string;
}

const setStage = async (): Promise<Stage> => {
  const stack = new AsyncDisposableStack();
  const { directory } = stack.use(await makeScratch());
  const child = spawn(process.execPath, [host.pathname, join(directory, "sessions.db")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  stack.defer(async () => {
    child.stdin.write("end\n");
    await ended;
  });
  for await (const baseUrl of createInterface({ input: child.stdout })) {
    const client = stack.use(createClient({ baseUrl }));
    return { client, directory, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }
  throw new Error("expected the server's address, found that its process ended");
};

/** One turn, as a page would have it: prompted, and followed delta by delta to its end. Its time in milliseconds. */
const turn = async ({ sessions }: Client, sessionId: string, index: number): Promise<number> => {
  const startedAt = performance.now();
  const { cursor } = await sessions.prompt({ sessionId, text: promptOf(index) });
  let text = 0;
  for await (const item of sessions.events({ sessionId, after: cursor, live: true, until: "idle" })) {
    if (item.kind === "event" && item.event.type === "text.ended") text += 1;
  }
  if (text !== 2) throw new Error(`expected 2 answers, found ${text}`);
  return performance.now() - startedAt;
};

const createSession = async ({ client, directory }: Stage): Promise<string> =>
  (await client.sessions.create({ location: { directory } })).id;

const oneTurn = (stage: Stage): Promise<Figure> =>
  within({
    bench: "http",
    metric: "one turn through the SDK over HTTP, from the prompt to the rest, median",
    unit: "ms",
    rounds,
    atMost: 15,
    measure: async () => {
      const sessionId = await createSession(stage);
      const times: number[] = [];
      for (let index = 0; index < measured; index++) times.push(await turn(stage.client, sessionId, index));
      return median(times);
    },
  });

/** Turns a second, of some sessions at once. */
const rateOf = async (stage: Stage, sessions: number): Promise<number> => {
  const ids = await Promise.all(Array.from({ length: sessions }, () => createSession(stage)));
  const startedAt = performance.now();
  await Promise.all(
    ids.map(async (sessionId) => {
      for (let index = 0; index < measured / 3; index++) await turn(stage.client, sessionId, index);
    }),
  );
  return (sessions * (measured / 3) * 1_000) / (performance.now() - startedAt);
};

const eightSessions = (stage: Stage): Promise<Figure> =>
  paired({
    bench: "http",
    metric: `turns a second of ${together} sessions at once, against one session`,
    unit: "/s",
    rounds,
    bound: { atLeast: 1.5 },
    ours: () => rateOf(stage, together),
    floor: () => rateOf(stage, 1),
  });

/** Turns over HTTP: a server in a process of its own, and the SDK in this one. */
export const http: Bench = {
  name: "http",
  run: async () => {
    await using stage = await setStage();
    const sessionId = await createSession(stage);
    for (let index = 0; index < warmUp; index++) await turn(stage.client, sessionId, index);
    return [await oneTurn(stage), await eightSessions(stage)];
  },
};

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createDrafts, createPlan, scriptedModel } from "@holdfast/testkit";

import { median } from "../bench.ts";
import { makeScratch } from "../scratch.ts";
import { openTails } from "./follow.ts";

const writer = new URL("writer.ts", import.meta.url);
const commits = 60;

/** From another process's commit to a reader of its session in this one: the median, in milliseconds. */
export const measureOtherProcess = async (): Promise<number> => {
  await using scratch = await makeScratch();
  const path = join(scratch.directory, "sessions.db");
  const store = await openSqliteStore({ path });
  const model = scriptedModel([]);
  await using holdfast = await createRuntime({ store, model: () => ({ model }), recovery: "off" });
  const drafts = createDrafts("wake");
  await store.commit(createPlan(drafts));
  await using tails = await openTails(holdfast, drafts.sessionId, 1);
  const given = new Map<number, number>();
  const all = Promise.withResolvers<void>();
  tails.onEvent = (seq) => {
    given.set(seq, performance.timeOrigin + performance.now());
    if (given.size === commits) all.resolve();
  };
  const child = spawn(process.execPath, [writer.pathname, path, "wake", String(commits)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const ended = once(child, "exit");
    const committed = new Map<number, number>();
    for await (const line of createInterface({ input: child.stdout })) {
      const [seq, at] = line.split(" ").map(Number);
      if (seq !== undefined && at !== undefined) committed.set(seq, at);
    }
    await ended;
    if (committed.size !== commits) throw new Error(`expected ${commits} commits, found ${committed.size}`);
    await all.promise;
    return median([...committed].map(([seq, at]) => (given.get(seq) ?? Infinity) - at));
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
};

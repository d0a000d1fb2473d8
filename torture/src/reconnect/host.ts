// A process of the torture "reconnect": serves a runtime over HTTP, and commits events when it is told to.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { serve } from "@holdfast/http";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel } from "@holdfast/testkit";

import { argumentOf, tell } from "../child-process.ts";

interface Argument {
  readonly store: string;
  readonly directory: string;
  readonly events: number;
  /** How long the events are to take, in milliseconds. */
  readonly lastingMs: number;
}

const { store, directory, events, lastingMs } = argumentOf() as Argument;
const model = scriptedModel([]);
await using holdfast = await createRuntime({
  store: await openSqliteStore({ path: store }),
  model: () => ({ model }),
  recovery: "off",
  limits: { inboxInputs: 100_000 },
});
// A second before each connection is a minute over all of them.
await using server = await serve({ holdfast, server: { graceMs: 0 }, limits: { reconnectMs: 20 } });
const { id: sessionId } = await holdfast.sessions.create({ location: { directory } });
tell({ url: server.url, port: server.port, sessionId });

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  const startedAt = performance.now();
  // The first event is the session's own creation.
  for (let written = 1; written < events; written++) {
    await holdfast.sessions.prompt({ sessionId, text: `${written} ${"ä😀x".repeat(written % 40)}`, resume: false });
    const aheadMs = (written / events) * lastingMs - (performance.now() - startedAt);
    if (aheadMs > 0) await sleep(aheadMs);
  }
  tell({ written: events });
}
process.stdin.destroy();

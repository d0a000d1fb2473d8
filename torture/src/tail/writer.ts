// A process of the torture "tail": commits as many events as it is told, each with the time of its commit.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel } from "@holdfast/testkit";

import { argumentOf, tell } from "../child-process.ts";

interface Argument {
  readonly store: string;
  readonly sessionId: string;
}

const { store, sessionId } = argumentOf() as Argument;
const model = scriptedModel([]);
await using holdfast = await createRuntime({
  store: await openSqliteStore({ path: store }),
  model: () => ({ model }),
  recovery: "off",
  limits: { inboxInputs: 100_000 },
});

tell({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  for (let count = Number(line); count > 0; count--) {
    const at = performance.timeOrigin + performance.now();
    await holdfast.sessions.prompt({ sessionId, text: "x", metadata: { at }, resume: false });
    await sleep(count % 3);
  }
  tell({ written: Number(line) });
}

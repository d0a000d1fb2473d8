// A process that works on one session: started by the demo, and killed by it.
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { fsTools } from "@holdfast/tools-fs";

import { toResolveModel } from "./configured-model.ts";
import { createShow } from "./show.ts";

import type { ModelConfiguration } from "./configured-model.ts";

/** What a worker is told to do. */
export interface WorkerOrder {
  readonly store: string;
  readonly sessionId: string;
  readonly configuration: ModelConfiguration;
  /** The prompt to admit; absent for a worker that only takes over what was left. */
  readonly prompt?: string;
}

const order = JSON.parse(process.argv[2] ?? "null") as WorkerOrder;
const holdfast = await createRuntime({
  store: await openSqliteStore({ path: order.store }),
  model: toResolveModel(order.configuration),
  plugins: [fsTools()],
  rules: ["read", "edit", "bash"].map((action) => ({ action, resource: "*", effect: "allow" })),
  recovery: order.prompt === undefined ? "resume" : "park",
});
const { sessionId, prompt } = order;
const receipt = prompt === undefined ? undefined : await holdfast.sessions.prompt({ sessionId, text: prompt });
const show = createShow((text) => process.stdout.write(text));
let past = receipt === undefined;
for await (const item of holdfast.sessions.events({ sessionId, after: receipt?.cursor, live: true, until: "idle" })) {
  if (!past) show(item);
  // A worker that takes over shows what is new, not what the other one had shown.
  if (item.kind === "sync") past = false;
}
await holdfast[Symbol.asyncDispose]();

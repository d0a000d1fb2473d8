// A process of the benchmark "http": serves a runtime with the scripted model of the turn.
import { once } from "node:events";

import { definePlugin } from "@holdfast/core/plugin";
import { serve } from "@holdfast/http";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";

import { turnTool } from "../turn/holdfast-turn.ts";
import { instructions, turnModel } from "../turn/script.ts";

const [path = ""] = process.argv.slice(2);
const model = turnModel();
await using holdfast = await createRuntime({
  store: await openSqliteStore({ path }),
  model: () => ({ model }),
  agents: { default: { instructions } },
  plugins: [definePlugin({ name: "bench", setup: ({ tools }) => void tools.register(turnTool) })],
  rules: [{ action: "*", resource: "*", effect: "allow" }],
});
await using server = await serve({ holdfast, server: { graceMs: 0 } });
process.stdout.write(`${server.url}\n`);
await once(process.stdin, "data");
process.stdin.destroy();

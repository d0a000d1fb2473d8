import { parseArgs } from "node:util";

import { commit } from "./commit/commit.ts";
import { fanout } from "./fanout/fanout.ts";
import { growth } from "./growth/growth.ts";
import { html } from "./html/html.ts";
import { http } from "./http/http.ts";
import { memory } from "./memory/memory.ts";
import { replay } from "./replay/replay.ts";
import { search } from "./search/search.ts";
import { turn } from "./turn/turn.ts";
import { wake } from "./wake/wake.ts";

import type { Bench, Figure } from "./bench.ts";

const benches: readonly Bench[] = [commit, replay, wake, turn, growth, http, fanout, search, memory, html];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `expected names among ${benches.map(({ name }) => name).join(", ")}, found ${unknown.join(", ")}\n`,
  );
  process.exit(2);
}

// Machines are noisy: whether a bound was kept is printed, and judged by people.
const figures: Figure[] = [];
for (const bench of benches) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  const found = await bench.run();
  figures.push(...found);
  if (!values.json) console.table(found);
}
if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);

import { parseArgs } from "node:util";

import { admission } from "./admission/admission.ts";
import { bash } from "./bash/bash.ts";
import { crowd } from "./crowd/crowd.ts";
import { http } from "./http/http.ts";
import { interrupt } from "./interrupt/interrupt.ts";
import { effects } from "./effects/effects.ts";
import { kill } from "./kill/kill.ts";
import { migrate } from "./migrate/migrate.ts";
import { plugins } from "./plugins/plugins.ts";
import { reconnect } from "./reconnect/reconnect.ts";
import { ssrf } from "./ssrf/ssrf.ts";
import { stale } from "./stale/stale.ts";
import { store } from "./store/store.ts";
import { tail } from "./tail/tail.ts";
import { wake } from "./tail/wake.ts";
import { web } from "./web/web.ts";

import type { Torture } from "./torture.ts";

const tortures: readonly Torture[] = [
  admission,
  tail,
  wake,
  kill,
  effects,
  stale,
  interrupt,
  crowd,
  store,
  migrate,
  bash,
  plugins,
  http,
  reconnect,
  ssrf,
  web,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean", default: false }, seed: { type: "string" } },
});
const unknown = positionals.filter((name) => !tortures.some((torture) => torture.name === name));
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
  const names = tortures.map(({ name }) => name).join(", ");
  process.stderr.write(
    `expected names among ${names}, --full, and --seed NUMBER; found ${process.argv.slice(2).join(" ")}\n`,
  );
  process.exit(2);
}

process.stdout.write(`torture: seed ${seed}${values.full ? ", full" : ""}\n`);
for (const torture of tortures) {
  if (positionals.length > 0 && !positionals.includes(torture.name)) continue;
  process.stdout.write(`\n${torture.name}: ${torture.proves}\n`);
  const startedAt = performance.now();
  const { done, broken } = await torture.run({ full: values.full, seed });
  for (const [what, value] of Object.entries(done)) process.stdout.write(`  ${what}: ${value}\n`);
  for (const sentence of broken) process.stdout.write(`  BROKEN ${sentence}\n`);
  process.stdout.write(
    `  lost or broken: ${broken.length} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`,
  );
  if (broken.length > 0) process.exitCode = 1;
}

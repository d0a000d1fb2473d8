// `pnpm test:browser`: the inspector's page in a real Chromium. `--screenshots` also writes those that docs/inspector shows.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { root } from "./run-step.ts";

const variable = "HOLDFAST_CHROMIUM";
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser that is named, or the first that is on the path. */
const findChromium = (): string | undefined => {
  const named = process.env[variable];
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
};

const chromium = findChromium();
if (chromium === undefined) {
  process.stderr.write(
    `The browser tests need Chromium, and found none: none of ${names.join(", ")} is on the PATH, and ${variable} names none that exists.\n` +
      `Install it (Debian: apt-get install chromium), or set ${variable} to its program, and run this again.\n`,
  );
  process.exitCode = 1;
} else {
  const given = process.argv.slice(2);
  const wantsScreenshots = given.includes("--screenshots");
  const config = "packages/inspector/test/browser/vitest.config.ts";
  const args = ["node_modules/vitest/vitest.mjs", "run", "--config", config];
  const child = spawn(process.execPath, [...args, ...given.filter((one) => one !== "--screenshots")], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, [variable]: chromium, HOLDFAST_SCREENSHOTS: wantsScreenshots ? "write" : "" },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, "close")) as [number | null];
  process.exitCode = code ?? 1;
}

// Makes one call over something large, and says by how much its memory grew: started by a torture.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { argumentOf, tell } from "../child-process.ts";
import { openDesk } from "./run-call.ts";

const { directory, what, full } = z
  .object({ directory: z.string(), what: z.enum(["output", "file", "directory"]), full: z.boolean() })
  .parse(argumentOf());
const place = join(directory, `memory-${what}`);
mkdirSync(place);
const desk = openDesk(place, join(directory, "state"));
const mb = (bytes: number): number => Math.round(bytes / 1024 / 1024);

/** The most that this process ever had, as Linux counts it. */
const peakBytes = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) * 1024;

// Made by another process, so that what it takes is not part of the base.
const prepare = {
  output: "",
  file: `const fs = require("node:fs"); const file = fs.openSync("large", "w");
    const line = Buffer.from(("some text of a line ".repeat(50) + "needle\\n").repeat(1000));
    for (let written = 0; written < 2 * 1024 ** 3; written += line.length) fs.writeSync(file, line);`,
  directory: `for (let index = 0; index < 200000; index++) require("node:fs").writeFileSync("file-" + index + ".txt", "needle\\n");`,
} as const;

const act = {
  output: async () =>
    desk.call("bash", {
      command: `head -c ${full ? 1_000_000_000 : 200_000_000} /dev/zero | tr '\\0' x`,
      timeoutMs: 120_000,
    }),
  file: async () => desk.call("grep", { pattern: "needle$|nothing" }),
  directory: async () => {
    await desk.call("grep", { pattern: "needle" });
    await desk.call("glob", { pattern: "**/*.txt" });
  },
} as const;

await desk.call("bash", { command: "echo warm" });
await desk.call("grep", { pattern: "warm" });
execFileSync(process.execPath, ["-e", prepare[what]], { cwd: place });
globalThis.gc?.();
const base = process.memoryUsage().rss;
// Writing 5 there starts the count of the peak anew.
writeFileSync("/proc/self/clear_refs", "5");
await act[what]();
tell({ what, overBaseMb: mb(peakBytes() - base), keptMb: mb(desk.keptBytes()) });

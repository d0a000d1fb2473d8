import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const start = (spec: string, points: readonly string[]) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "child", "reach.ts"), ...points], {
    env: { ...process.env, HOLDFAST_FAULT: spec, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const closed = once(child, "close").then(([code, signal]) => ({ code, signal, lines: output.trim().split("\n") }));
  return { child, closed };
};

/** The state stands after the last ")", since a process may have one in its name; T is stopped. */
const isStopped = (pid: number | undefined): boolean => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) === "T";
};

describe("a process with HOLDFAST_FAULT", () => {
  it("goes on where nothing is named", async () => {
    expect(await start("", ["after:B0", "after:B3"]).closed).toEqual({
      code: 0,
      signal: null,
      lines: ["after:B0", "after:B3", "end"],
    });
  });

  it("is gone at the point that it is killed at", async () => {
    expect(await start("after:B3=kill", ["after:B0", "after:B3"]).closed).toEqual({
      code: null,
      signal: "SIGKILL",
      lines: ["after:B0", "after:B3"],
    });
  });

  it("is killed the second time, and not the first", async () => {
    const { signal, lines } = await start("x=fail,after:B3#2=kill", ["after:B3", "after:B3", "after:B3"]).closed;
    expect([signal, lines]).toEqual(["SIGKILL", ["after:B3", "after:B3"]]);
  });

  it("fails with an error that names the point", async () => {
    const { code, lines } = await start("after:B3=fail", ["after:B3"]).closed;
    expect([code, lines]).toEqual([1, ["after:B3"]]);
  });

  it.runIf(process.platform === "linux")("stops until someone lets it go on", async () => {
    const { child, closed } = start("after:B3=stop", ["after:B3"]);
    await expect.poll(() => isStopped(child.pid), { timeout: 5_000 }).toBe(true);
    child.kill("SIGCONT");
    expect(await closed).toEqual({ code: 0, signal: null, lines: ["after:B3", "end"] });
  });
});

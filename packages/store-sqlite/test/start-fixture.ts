import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A fixture that runs in a process of its own: `ready` when it has said so, `go` lets it go on, `ended` is its last line, parsed. */
export const startFixture = (name: string, args: readonly string[]) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures", `${name}.ts`), ...args], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.startsWith("ready\n")) resolve();
    });
    child.once("close", () => resolve());
  });
  const ended = once(child, "close").then(([code]) => {
    if (code !== 0) throw new Error(`expected ${name} to end with 0, found ${String(code)}: ${errors}`);
    return JSON.parse(output.trim().split("\n").at(-1) ?? "") as unknown;
  });
  return { ready, ended, go: () => child.stdin.end("go\n") };
};

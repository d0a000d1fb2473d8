import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a step of a script, says how it went in one line, and shows its findings only where it failed. */
export const runStep = async (name: string, step: () => Promise<readonly string[]>): Promise<boolean> => {
  const startedAt = performance.now();
  const findings = await step();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  process.stdout.write(`${findings.length === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`);
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  return findings.length === 0;
};

/** How a command is run. */
export interface CommandOptions {
  readonly cwd: string;
  /** After it the command is stopped, and has failed. Default: none. */
  readonly timeoutMs?: number;
}

/** A command as a step: its output is the finding, where it fails. Run in the repository's root, unless it says where. */
export const command = (
  ...words: readonly [CommandOptions | string, ...string[]]
): (() => Promise<readonly string[]>) => {
  const [first, ...rest] = words;
  const [program = "", ...args] = typeof first === "string" ? [first, ...rest] : rest;
  const { cwd, timeoutMs: timeout }: CommandOptions = typeof first === "string" ? { cwd: root } : first;
  return async () => {
    const child = spawn(program, args, { cwd, timeout, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk) => (output += String(chunk)));
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    return code === 0
      ? []
      : [output.trimEnd(), `${program} ${args.join(" ")} ended with ${signal ?? `exit code ${code}`}`];
  };
};

import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { parseJson } from "@holdfast/core";

import type { JsonValue } from "@holdfast/core";

/** A process of a torture: a script of this folder that prints JSON lines. Killed when it is disposed of. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** The next line that it prints. Rejects when it ends before. */
  next(): Promise<JsonValue>;
  /** Says a line to it. */
  say(line: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, with what ended it. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly atMs: number;
  }>;
}

/** How a script is started. */
export interface ChildOptions {
  /** The fault points that it is to obey. */
  readonly fault?: string;
  /** Flags of Node. */
  readonly flags?: readonly string[];
}

/** Starts a script with JSON arguments. */
export const startChild = (script: URL, argument: JsonValue, { fault = "", flags = [] }: ChildOptions = {}): Child => {
  // Not fork: it would hand on the flags of whoever started this process.
  const child = spawn(process.execPath, [...flags, script.pathname, JSON.stringify(argument)], {
    stdio: ["pipe", "pipe", "inherit"],
    // Tortures start the same scripts by the hundred, and most of a start is compiling.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "holdfast-torture-compiled"), ...process.env, HOLDFAST_FAULT: fault },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "exit").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    atMs: performance.now(),
  }));
  return {
    pid: child.pid ?? -1,
    next: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${script.pathname} ended before it said what was expected`);
      const parsed = parseJson(line.value);
      if (!parsed.ok) throw new Error(`${script.pathname} said something that is no JSON: ${line.value}`);
      return parsed.value;
    },
    say: (line) => child.stdin.write(`${line}\n`),
    kill: (signal) => child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.stdin.destroy();
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
};

/** What a script was started with. */
export const argumentOf = (): unknown => JSON.parse(process.argv[2] ?? "null");

/** Says a line to whoever started this script. */
export const tell = (value: JsonValue): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

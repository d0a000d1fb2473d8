import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A fixture in a process of its own, which answers each line that it is told with one of its own. */
export interface OwnProcess extends AsyncDisposable {
  /** Tells it a line, and resolves when it has answered. */
  readonly tell: (line: string) => Promise<void>;
  /** Kills it, and resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** Starts a fixture, and resolves when it says that it is ready. Whatever becomes of the test, it is ended. */
export const startProcess = async (name: string, args: readonly string[]): Promise<OwnProcess> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures", `${name}.ts`), ...args], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<void> => {
    if ((await lines.next()).done === true) throw new Error(`${name} ended before it answered`);
  };
  await answer();
  return {
    tell: async (line) => {
      child.stdin.write(`${line}\n`);
      await answer();
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end("end\n");
      const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
};

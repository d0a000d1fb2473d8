import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A process of its own that works on a session which asks. */
export interface AskerProcess extends AsyncDisposable {
  /** The next line that it says; undefined where it ended before. */
  readonly said: () => Promise<string | undefined>;
  /** Lets one go on that is ready. */
  readonly goOn: () => void;
  /** Suspends it, as a system may. */
  readonly stop: () => void;
  readonly kill: () => Promise<void>;
  /** The signal that ended it; null where it ended by itself. */
  readonly ended: Promise<string | null>;
}

/** Where a session is, and what its processes note. */
export interface AskerPlace {
  readonly path: string;
  readonly sessionId: string;
  readonly effects: string;
}

/** Starts one. Whatever becomes of the test, it is ended. */
export const startAsker = (
  { path, sessionId, effects }: AskerPlace,
  { order, option = "", fault = "" }: { readonly order: string; readonly option?: string; readonly fault?: string },
): AskerProcess => {
  const fixture = join(import.meta.dirname, "fixtures", "asker.ts");
  const child = spawn(process.execPath, [fixture, path, sessionId, effects, order, option], {
    env: { ...process.env, NODE_OPTIONS: "", HOLDFAST_FAULT: fault },
    stdio: ["pipe", "pipe", "inherit"],
  });
  // It may be killed while it is told something.
  child.stdin.on("error", () => undefined);
  const ended = once(child, "exit").then(([, signal]) => signal as string | null);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    said: async () => {
      const line = await lines.next();
      return line.done === true ? undefined : line.value;
    },
    goOn: () => void child.stdin.write("go\n"),
    stop: () => void child.kill("SIGSTOP"),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    ended,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      const late = setTimeout(() => child.kill("SIGKILL"), 8_000);
      await ended;
      clearTimeout(late);
    },
  };
};

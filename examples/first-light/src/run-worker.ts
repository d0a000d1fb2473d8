import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { WorkerOrder } from "./worker.ts";

/** A worker process. Its output goes to this terminal. */
export interface Worker extends Disposable {
  readonly pid: number;
  readonly ended: Promise<string>;
  kill(): void;
}

/** Starts a worker. Disposing of it kills it, if it still runs. */
export const startWorker = (order: WorkerOrder): Worker => {
  const script = fileURLToPath(new URL("worker.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ["ignore", "inherit", "inherit"] });
  return {
    pid: child.pid ?? -1,
    ended: once(child, "exit").then(([code, signal]) => (signal === null ? `exit code ${code}` : String(signal))),
    kill: () => child.kill("SIGKILL"),
    [Symbol.dispose]: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    },
  };
};

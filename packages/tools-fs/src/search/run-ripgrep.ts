import { spawn } from "node:child_process";

import { RecordSplitter } from "./record-splitter.ts";

/** One run of ripgrep. */
export interface RipgrepOrder {
  readonly program: string;
  readonly directory: string;
  readonly args: readonly string[];
  /** The byte that ends a record of its output. */
  readonly separator: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Takes each record, without its separator. The bytes are valid only while it runs. */
  readonly onRecord: (record: Buffer) => void;
}

/** How it ended. */
export interface RipgrepEnd {
  /** It was killed at its time limit; what it had found until then was handed on. */
  readonly timedOut: boolean;
  /** 0 with and 1 without a result, 2 after an error. Null where it was killed. */
  readonly exitCode: number | null;
  /** What it complained of, bounded. */
  readonly complaint: string;
}

const maxComplaintBytes = 4 * 1024;

/**
 * Runs ripgrep to its end or its time limit. Nothing of it is left when this settles: it starts no processes of its own.
 *
 * @throws signal.reason where the signal aborts, and the system's error where it cannot be started.
 */
export const runRipgrep = async (order: RipgrepOrder): Promise<RipgrepEnd> => {
  order.signal.throwIfAborted();
  const child = spawn(order.program, ["--no-config", "--no-messages", "--color=never", ...order.args], {
    cwd: order.directory,
    // Nothing of a person's own settings reaches it: no configuration, no global ignore file.
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, order.timeoutMs);
  const onAbort = (): boolean => child.kill("SIGKILL");
  order.signal.addEventListener("abort", onAbort, { once: true });
  const records = new RecordSplitter(order.separator, order.onRecord);
  let complaint = "";
  child.stdout.on("data", (chunk: Buffer) => records.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => {
    if (complaint.length < maxComplaintBytes) complaint += chunk.toString("utf8");
  });
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    order.signal.throwIfAborted();
    return { timedOut, exitCode, complaint: complaint.slice(0, maxComplaintBytes).trim() };
  } finally {
    clearTimeout(timer);
    order.signal.removeEventListener("abort", onAbort);
  }
};

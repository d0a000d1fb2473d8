import { spawn } from "node:child_process";

import { leaderScript } from "./leader-script.ts";

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

/** What is to be run, and where. */
export interface GroupOrder {
  readonly shell: string;
  readonly command: string;
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Takes each piece of the output as it arrives, standard output and standard error in the order they were written. */
  readonly onOutput: (piece: Buffer) => void;
}

/**
 * A command in a process group of its own, which ends with this process whatever ends it. Nothing is waited for here: `finished`,
 * `quiet` and `gone` resolve when they come, and never reject.
 */
export class ProcessGroup {
  readonly #leader: ChildProcess;
  readonly #output: Readable;
  /** The command's exit code as its shell says it; null where it had none to say, because something killed its watcher. */
  readonly finished: Promise<number | null>;
  /** Nobody holds the output any more. */
  readonly quiet: Promise<void>;
  /** The leader is gone. */
  readonly gone: Promise<void>;

  private constructor(leader: ChildProcess, onOutput: GroupOrder["onOutput"]) {
    this.#leader = leader;
    const [, output, , lifeline, status] = leader.stdio as unknown as readonly Readable[];
    if (output === undefined || lifeline === undefined || status === undefined)
      throw new Error("expected three pipes to the leader of a command, found fewer");
    this.#output = output;
    this.gone = new Promise((resolve) => {
      leader.once("exit", () => {
        // It may have been killed by itself, with others left. Right after its end, its number can hardly be somebody else's.
        killGroup(leader.pid, "SIGKILL");
        resolve();
      });
    });
    this.quiet = new Promise((resolve) => {
      output.on("data", onOutput).once("close", resolve);
    });
    this.finished = Promise.race([readStatus(status), this.gone.then(() => null)]);
    // Pipes whose other side was killed may end with an error. That they ended is all that matters, and is seen as "close".
    for (const pipe of [output, lifeline, status]) pipe.on("error", () => undefined);
  }

  /** Starts a command. Rejects with the system's error where nothing could be started. */
  static async start({ shell, command, directory, environment, onOutput }: GroupOrder): Promise<ProcessGroup> {
    const leader = spawn("/bin/sh", ["-c", leaderScript, "holdfast-command", shell, command], {
      cwd: directory,
      env: environment,
      // A session of its own: its group is its own, and no terminal can ask it anything.
      detached: true,
      stdio: ["ignore", "pipe", "ignore", "pipe", "pipe"],
    });
    await new Promise<void>((resolve, reject) => {
      leader.once("spawn", resolve).once("error", reject);
    });
    return new ProcessGroup(leader, onOutput);
  }

  /** The number of the process that leads it, and of the group. */
  get pid(): number {
    return this.#leader.pid ?? -1;
  }

  /** Sends a signal to all processes of the group, while there is one. */
  signal(signal: "SIGTERM" | "SIGKILL"): void {
    // Once the leader was reaped, the number may come to belong to others.
    if (this.#leader.exitCode === null && this.#leader.signalCode === null) killGroup(this.#leader.pid, signal);
  }

  /** Gives up the pipes, also where a process that left the group still holds one. */
  release(): void {
    for (const pipe of this.#leader.stdio) pipe?.destroy();
    this.#output.removeAllListeners("data");
  }
}

const killGroup = (leader: number | undefined, signal: "SIGTERM" | "SIGKILL"): void => {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // Nobody of the group is left, or (on macOS) only what is dead and not reaped yet.
    if (!(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))) throw error;
  }
};

const readStatus = async (status: Readable): Promise<number | null> =>
  new Promise((resolve) => {
    let text = "";
    status.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
      if (text.endsWith("\n")) resolve(Number(text));
    });
    // Without an answer, the end of the leader tells: somebody killed who would have given it, and the command may still run.
  });

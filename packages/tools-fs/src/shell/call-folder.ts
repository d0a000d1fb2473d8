import { lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseJson } from "@holdfast/core";
import * as z from "zod";

/** Where the folders of calls are, unless a host says otherwise: this user's own. */
export const defaultStateDirectory = (): string => join(tmpdir(), `holdfast-${process.getuid?.() ?? "user"}`);

const recordSchema = z.object({ pid: z.int().min(2), startTime: z.string() });

/** What a running call leaves on the disk: its output so far, and which process leads it. Gone when the call has settled. */
export class CallFolder {
  readonly path: string;

  /** @param callId Names the folder. */
  constructor(stateDirectory: string, callId: string) {
    this.path = join(stateDirectory, callId);
  }

  /**
   * Makes it, empty, for this user alone.
   *
   * @throws where it cannot be made, or what stands there belongs to somebody else.
   */
  async create(): Promise<void> {
    const parent = join(this.path, "..");
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const found = await lstat(parent);
    // The folder for temporary files is everybody's: whoever made ours before us could read outputs and name processes.
    if (
      !found.isDirectory() ||
      (process.getuid !== undefined && (found.uid !== process.getuid() || (found.mode & 0o022) !== 0))
    )
      throw new Error(`expected ${parent} to be a directory of this user that nobody else can write, found another`);
    await rm(this.path, { recursive: true, force: true });
    await mkdir(this.path, { mode: 0o700 });
  }

  /** Notes which process leads the call, where the system tells when it started: a number alone may come to be another's. */
  async recordLeader(pid: number): Promise<void> {
    const startTime = await startTimeOf(pid);
    if (startTime !== null)
      await writeFile(join(this.path, "leader.json"), JSON.stringify({ pid, startTime }), { mode: 0o600 });
  }

  /** Kills the recorded leader's group, if the very process still runs. */
  async endLeader(): Promise<void> {
    const text = await readFile(join(this.path, "leader.json"), "utf8").catch(() => "");
    // Cut by a crash, it says nothing.
    const json = parseJson(text);
    const record = recordSchema.safeParse(json.ok ? json.value : undefined);
    if (!record.success || (await startTimeOf(record.data.pid)) !== record.data.startTime) return;
    try {
      process.kill(-record.data.pid, "SIGKILL");
    } catch {
      // Gone between the two looks.
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** When a process started, in ticks since the system did; null where that cannot be told. */
const startTimeOf = async (pid: number): Promise<string | null> => {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  // The name of a process may hold anything; what counts comes after the last parenthesis.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
};

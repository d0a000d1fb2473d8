import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

import type { OwnerRecord } from "@holdfast/core/store";

/** What names a process beyond its PID, as far as the platform tells. */
export type ProcessIdentity = Pick<OwnerRecord, "host" | "boot" | "pidNamespace" | "pid" | "startTime">;

const orNull = (text: Promise<string>): Promise<string | null> => text.then((found) => found.trim()).catch(() => null);

/** Identity of this process. Elsewhere than on Linux only the host and the PID can be told. */
export const identifyProcess = async (): Promise<ProcessIdentity> => {
  const [boot, pidNamespace, startTime] = await Promise.all([
    orNull(readFile("/proc/sys/kernel/random/boot_id", "utf8")),
    orNull(readlink("/proc/self/ns/pid")),
    startTimeOf(process.pid),
  ]);
  return { host: hostname(), boot, pidNamespace, pid: process.pid, startTime };
};

/** When a process started, in the kernel's ticks since boot; null where that cannot be told, or it is a zombie. */
export const startTimeOf = async (pid: number): Promise<string | null> => {
  const stat = await orNull(readFile(`/proc/${pid}/stat`, "utf8"));
  return stat === null ? null : startTimeIn(stat);
};

const startTimeIn = (stat: string): string | null => {
  // The command's name may hold anything, parentheses too: the fields that count come after the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  if (state === "Z" || state === "X") return null;
  return fields[19] ?? null;
};

/** Whether a process can be looked at from this one: same host, boot and PID namespace. */
export const isComparable = (owner: ProcessIdentity, self: ProcessIdentity): boolean =>
  owner.boot !== null &&
  owner.startTime !== null &&
  owner.host === self.host &&
  owner.boot === self.boot &&
  owner.pidNamespace === self.pidNamespace;

/**
 * Whether an owner's process is proven gone: it could be looked at from here, and there is none such any more. That it cannot be
 * looked at (too many open files, a hidden /proc) proves nothing: then only expiry tells.
 */
export const isProvenGone = async (owner: ProcessIdentity, self: ProcessIdentity): Promise<boolean> => {
  if (!isComparable(owner, self)) return false;
  try {
    return startTimeIn(await readFile(`/proc/${owner.pid}/stat`, "utf8")) !== owner.startTime;
  } catch (error) {
    return isCode(error, "ENOENT", "ESRCH") && !isThere(owner.pid);
  }
};

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !isCode(error, "ESRCH");
  }
};

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.some((code) => code === error.code);

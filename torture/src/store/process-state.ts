import { readFileSync } from "node:fs";

import type { OwnerRecord } from "@holdfast/core/store";

/** When a process started, in the system's own unit; null where there is none, or only what is left of one. */
export const startTimeOf = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name, which may hold anything: the state, and 19 fields later the time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
  } catch {
    // No such process: it is gone.
    return null;
  }
};

/** Whether the process of an owner of a claim is gone. */
export const isGone = (owner: OwnerRecord | null): boolean =>
  owner === null || startTimeOf(owner.pid) !== owner.startTime;

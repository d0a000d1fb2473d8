import { readFileSync } from "node:fs";

/** Whether a process runs. One that is dead and not reaped yet does not, though it can still be sent a signal. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    // No such process.
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    // The state stands after the last ")", since a process may have one in its name.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !["Z", "X"].includes(stat.charAt(stat.lastIndexOf(")") + 2));
  } catch {
    // Gone between the two looks.
    return false;
  }
};

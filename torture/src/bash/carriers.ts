import { readdir, readFile } from "node:fs/promises";

/** The processes that carry a text in their arguments, or work in a folder of that name; without this one. Linux only. */
export const findCarriers = async (mark: string): Promise<readonly number[]> => {
  const found: number[] = [];
  for (const name of await readdir("/proc").catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const [line, environment, stat] = await Promise.all(
      ["cmdline", "environ", "stat"].map((file) => readFile(`/proc/${pid}/${file}`, "latin1").catch(() => "")),
    );
    const isDead = /^[ZX]/.test(stat?.slice(stat.lastIndexOf(")") + 2) ?? "Z");
    // The folder that it was started in stands in its environment, unless it cleared that.
    if (!isDead && (line?.includes(mark) === true || environment?.includes(`/${mark}\0`) === true)) found.push(pid);
  }
  return found;
};

/** Ends processes that a test left. */
export const endCarriers = async (pids: readonly number[]): Promise<void> => {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone meanwhile.
    }
  }
};

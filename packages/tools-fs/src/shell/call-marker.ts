import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const variable = "HOLDFAST_CALLS";

/** An environment that marks all processes of a call, also those that leave its group. One call may run in a command of another. */
export const markEnvironment = (environment: NodeJS.ProcessEnv, callId: string): NodeJS.ProcessEnv => {
  const outer = environment[variable];
  return { ...environment, [variable]: outer === undefined ? callId : `${outer} ${callId}` };
};

/**
 * Kills the processes that carry a call's mark, until there is none that was not looked at, or the time is over. Only Linux tells what a
 * process carries. One that cleared its environment, or runs as another user, is not found.
 */
export const endMarked = async (callId: string, budgetMs: number): Promise<void> => {
  if (process.platform !== "linux") return;
  const endsAt = performance.now() + budgetMs;
  // How often each was looked at without a mark. A process may start while others are looked at, so only a list without a new one is the end.
  const looks = new Map<number, number>([[process.pid, enough]]);
  for (;;) {
    const pids = (await listProcesses()).filter((pid) => (looks.get(pid) ?? 0) < enough);
    if (pids.length === 0 || performance.now() > endsAt) return;
    if (await endSome(pids, callId, looks)) await sleep(5);
  }
};

const enough = 2;
const atOnce = 64;

/** Looks at processes, and kills those that carry the mark. Whether there were any. */
const endSome = async (pids: readonly number[], callId: string, looks: Map<number, number>): Promise<boolean> => {
  let isAny = false;
  for (let at = 0; at < pids.length; at += atOnce) {
    const some = pids.slice(at, at + atOnce);
    const found = await Promise.all(some.map((pid) => lookAt(pid, callId)));
    for (const [index, pid] of some.entries()) {
      if (found[index] === "marked") kill(pid);
      isAny ||= found[index] === "marked";
      // One that is just becoming another program has no environment for a moment.
      if (found[index] === "empty") looks.set(pid, (looks.get(pid) ?? 0) + 1);
      if (found[index] === "other") looks.set(pid, enough);
    }
  }
  return isAny;
};

const listProcesses = async (): Promise<readonly number[]> =>
  (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);

const lookAt = async (pid: number, callId: string): Promise<"marked" | "empty" | "other"> => {
  try {
    // A process that is dead and not reaped yet has none.
    const environment = await readFile(`/proc/${pid}/environ`, "latin1");
    if (environment === "") return "empty";
    const entry = environment.split("\0").find((text) => text.startsWith(`${variable}=`));
    return entry
      ?.slice(variable.length + 1)
      .split(" ")
      .includes(callId) === true
      ? "marked"
      : "other";
  } catch {
    // Gone meanwhile, or somebody else's.
    return "other";
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile, or somebody else's by now.
  }
};

import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const variable = "HOLDFAST_CALLS";

/** An environment that marks all processes of a call, also those that leave its group. One call may run in a command of another. */
export const markEnvironment = (environment: NodeJS.ProcessEnv, callId: string): NodeJS.ProcessEnv => {
  const outer = environment[variable];
  return { ...environment, [variable]: outer === undefined ? callId : `${outer} ${callId}` };
};

/**
 * Kills the processes that carry a call's mark, until there are none or the time is over. Only Linux tells what a process carries. One that
 * cleared its environment, or runs as another user, is not found.
 */
export const endMarked = async (callId: string, budgetMs: number): Promise<void> => {
  if (process.platform !== "linux") return;
  const endsAt = performance.now() + budgetMs;
  for (;;) {
    const pids = await findMarked(callId);
    for (const pid of pids) kill(pid);
    if (pids.length === 0 || performance.now() > endsAt) return;
    await sleep(5);
  }
};

const atOnce = 64;

const findMarked = async (callId: string): Promise<readonly number[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (let at = 0; at < pids.length; at += atOnce) {
    const looked = await Promise.all(
      pids.slice(at, at + atOnce).map(async (pid) => ((await isMarked(pid, callId)) ? pid : 0)),
    );
    found.push(...looked.filter((pid) => pid > 0 && pid !== process.pid));
  }
  return found;
};

const isMarked = async (pid: number, callId: string): Promise<boolean> => {
  try {
    // A process that is dead and not reaped yet has none.
    const environment = await readFile(`/proc/${pid}/environ`, "latin1");
    const entry = environment.split("\0").find((text) => text.startsWith(`${variable}=`));
    return (
      entry
        ?.slice(variable.length + 1)
        .split(" ")
        .includes(callId) ?? false
    );
  } catch {
    // Gone meanwhile, or somebody else's.
    return false;
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile, or somebody else's by now.
  }
};

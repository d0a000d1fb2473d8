import type { FaultPoints } from "@holdfast/core";

/** `kill`: SIGKILL to this process. `stop`: SIGSTOP to it, until someone sends SIGCONT. `fail`: throws. */
type Action = "kill" | "stop" | "fail";

interface Fault {
  readonly point: string;
  /** Which time that the point is reached, from 1. */
  readonly time: number;
  readonly action: Action;
}

/** The environment variable that `faultPointsFromEnvironment` reads. */
const variable = "HOLDFAST_FAULT";

const shape = /^([^=#,\s]+)(?:#([1-9]\d{0,8}))?=(kill|stop|fail)$/;

/**
 * Fault points from a text: `after:B3=kill`, `after:B3#2=kill` for the second time only, several with commas between. The
 * actions are `kill` (SIGKILL to this process; never returns), `stop` (SIGSTOP to it) and `fail` (throws).
 *
 * @returns undefined where the text is absent or empty: then nothing is ever reached.
 * @throws TypeError for a text of another form.
 */
export const faultPointsFrom = (spec: string | undefined): FaultPoints | undefined => {
  const faults = (spec ?? "")
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(faultFrom);
  if (faults.length === 0) return undefined;
  const reached = new Map<string, number>();
  return {
    reach(point) {
      const time = (reached.get(point) ?? 0) + 1;
      reached.set(point, time);
      const fault = faults.find((candidate) => candidate.point === point && candidate.time === time);
      if (fault !== undefined) actions[fault.action](point);
    },
  };
};

/** Fault points from the environment variable `HOLDFAST_FAULT`, for processes that a test starts. */
export const faultPointsFromEnvironment = (): FaultPoints | undefined => faultPointsFrom(process.env[variable]);

const faultFrom = (text: string): Fault => {
  const [, point, time = "1", action] = shape.exec(text.trim()) ?? [];
  if (point !== undefined && isAction(action)) return { point, time: Number(time), action };
  throw new TypeError(
    `expected fault points like "after:B3=kill" or "after:B3#2=stop,store.before-commit=fail", found ${JSON.stringify(text)}`,
  );
};

const actions: { readonly [A in Action]: (point: string) => void } = {
  kill: () => {
    process.kill(process.pid, "SIGKILL");
    halt(Infinity);
  },
  stop: () => {
    process.kill(process.pid, "SIGSTOP");
    halt(10);
  },
  fail: (point) => {
    throw new Error(`fault point ${point} was told to fail`);
  },
};

// Another thread may take the signal, a moment later; nothing after the point may happen in between.
const halt = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

const isAction = (text: string | undefined): text is Action => text !== undefined && Object.hasOwn(actions, text);

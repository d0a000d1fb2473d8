import { constants } from "node:os";

import { toFileFailure } from "../files/file-failure.ts";
import { endMarked, markEnvironment } from "./call-marker.ts";
import { ProcessGroup } from "./process-group.ts";
import { within } from "./within.ts";

import type { GroupOrder } from "./process-group.ts";

/** A command, how long it may take, and what stops it earlier. */
export interface CommandOrder extends GroupOrder {
  /** Marks all of its processes, so that those that left its group are found. */
  readonly callId: string;
  /** Told the number of the process that leads the group, right after it started. */
  readonly onLeader: (pid: number) => Promise<void>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a command ended. */
export interface CommandEnd {
  /** As shells count: 128 and the signal's number where a signal ended it. Null where it was stopped before it had one. */
  readonly exitCode: number | null;
  /** The signal that such an exit code stands for. */
  readonly signal: string | null;
  readonly timedOut: boolean;
}

/** How long a group that was told to stop has before it is killed. With what follows it a call settles 2 s after its time limit. */
const graceMs = 1_000;
/** How long processes that left the group are looked for, and killed. */
const searchMs = 300;
/** How long a command that has ended may leave its output open, for what is still being written. */
const drainMs = 200;

/**
 * Runs a command to its end, or to its timeout. Nothing of its process group is left when this resolves, and nothing that carries its
 * mark: what the command had put into the background is killed with it.
 *
 * @throws signal.reason, after the group was ended, where the signal aborts; ToolFailure where the system refuses to start it.
 */
export const runCommand = async (order: CommandOrder): Promise<CommandEnd> => {
  order.signal.throwIfAborted();
  const environment = markEnvironment(order.environment, order.callId);
  const group = await ProcessGroup.start({ ...order, environment }).catch((error: unknown) => {
    throw toFileFailure(error, order.directory);
  });
  try {
    await order.onLeader(group.pid);
    const stopped = await firstStop(group, order);
    if (stopped === "ended") {
      // Where nothing is left in the background, the leader ends by itself, and tidies up as it does.
      await within(drainMs, Promise.all([group.quiet, group.gone]));
    } else {
      group.signal("SIGTERM");
      await within(graceMs, Promise.all([group.finished, group.quiet]));
    }
    group.signal("SIGKILL");
    await group.gone;
    await endMarked(order.callId, searchMs);
    // A process that left the group and lost its mark may hold the output for ever.
    await within(drainMs, group.quiet);
    if (stopped === "aborted") throw order.signal.reason;
    const exitCode = stopped === "timed out" ? null : await group.finished;
    return { exitCode, signal: signalOf(exitCode), timedOut: stopped === "timed out" };
  } finally {
    group.signal("SIGKILL");
    group.release();
  }
};

const firstStop = async (
  group: ProcessGroup,
  { timeoutMs, signal }: CommandOrder,
): Promise<"ended" | "timed out" | "aborted"> => {
  const aborted = Promise.withResolvers<void>();
  const onAbort = (): void => aborted.resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) aborted.resolve();
  try {
    const inTime = await within(timeoutMs, Promise.race([group.finished, aborted.promise]));
    if (signal.aborted) return "aborted";
    return inTime ? "ended" : "timed out";
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
};

const signalOf = (exitCode: number | null): string | null => {
  if (exitCode === null || exitCode <= 128) return null;
  const found = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128);
  return found?.[0] ?? null;
};

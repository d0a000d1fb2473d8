import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { assertGone, pidIn } from "./bash-calls.ts";
import { Stage } from "./harness.ts";
import { isAlive } from "./is-alive.ts";

/** A host in a process of its own that runs the commands in the stage's folder. */
const startHost = (stage: Stage, commands: readonly string[], endAfterMs?: number) => {
  const args = [stage.directory, String(endAfterMs ?? "never"), ...commands];
  const child = spawn(process.execPath, [join(import.meta.dirname, "child", "run-bash.ts"), ...args], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = once(child, "exit");
  return {
    kill: (signal: "SIGKILL" | "SIGTERM") => child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
};

const beat = "while :; do echo beat >> beats; sleep 0.02; done";

const assertAllGone = async (stage: Stage, pids: readonly number[]): Promise<void> => {
  await assertGone(...pids);
  const { size } = statSync(stage.join("beats"));
  await sleep(200);
  expect(statSync(stage.join("beats")).size).toBe(size);
};

describe("when the process that runs it", () => {
  it("is killed with SIGKILL, the command and its children are gone", async () => {
    using stage = new Stage();
    await using host = startHost(stage, [`echo $$ > shell; (${beat}) & echo $! > child; wait`]);
    const pids = [await pidIn(stage, "shell"), await pidIn(stage, "child")];
    expect(pids.map((pid) => isAlive(pid))).toEqual([true, true]);
    host.kill("SIGKILL");
    expect(await host.ended).toEqual([null, "SIGKILL"]);
    await assertAllGone(stage, pids);
  });

  it("is killed, all of several commands are gone: none keeps another's pipe open", async () => {
    using stage = new Stage();
    const commands = ["a", "b", "c"].map((name) => `echo $$ > ${name}; ${beat}`);
    await using host = startHost(stage, commands);
    const pids = [await pidIn(stage, "a"), await pidIn(stage, "b"), await pidIn(stage, "c")];
    host.kill("SIGKILL");
    await assertAllGone(stage, pids);
  });

  it("is killed, a command that ignores every signal is gone too", async () => {
    using stage = new Stage();
    const command = `trap '' TERM HUP INT QUIT; echo $$ > shell; (${beat}) & echo $! > child; while :; do wait; done`;
    await using host = startHost(stage, [command]);
    const pids = [await pidIn(stage, "shell"), await pidIn(stage, "child")];
    host.kill("SIGKILL");
    await assertAllGone(stage, pids);
  });

  it("is killed, a command that had stopped its group goes on no further", async () => {
    using stage = new Stage();
    await using host = startHost(stage, [
      `ps -o pgid= -p $$ > group; echo beat > beats; echo $$ > shell; kill -STOP 0; ${beat}`,
    ]);
    const [pid, group] = [await pidIn(stage, "shell"), await pidIn(stage, "group")];
    host.kill("SIGKILL");
    await host.ended;
    process.kill(-group, "SIGCONT");
    await assertAllGone(stage, [pid]);
  });

  it("is killed while the command has ended and left something behind, that is gone too", async () => {
    using stage = new Stage();
    await using host = startHost(stage, [`(${beat}) & echo $! > child`]);
    const pid = await pidIn(stage, "child");
    host.kill("SIGKILL");
    await assertAllGone(stage, [pid]);
  });

  it("ends by itself without waiting, the command and its children are gone", async () => {
    using stage = new Stage();
    await using host = startHost(stage, [`echo $$ > shell; (${beat}) & echo $! > child; wait`], 1_000);
    const pids = [await pidIn(stage, "shell"), await pidIn(stage, "child")];
    expect(await host.ended).toEqual([0, null]);
    await assertAllGone(stage, pids);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { assertGone, pidIn } from "./bash-calls.ts";
import { Stage } from "./harness.ts";
import { isAlive } from "./is-alive.ts";

import type { CallId } from "@holdfast/core";

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

  it.runIf(process.platform === "linux")(
    "is killed, its successor ends what left the group, and has the output so far",
    async () => {
      using stage = new Stage();
      await using host = startHost(stage, [
        `echo so far; setsid sh -c 'echo $$ > child; ${beat}' & echo $$ > shell; wait`,
      ]);
      const pids = [await pidIn(stage, "shell"), await pidIn(stage, "child")];
      await expect.poll(() => readdirSync(stage.stateDirectory).length).toBe(1);
      const [callId] = readdirSync(stage.stateDirectory) as CallId[];
      await expect.poll(() => existsSync(join(stage.stateDirectory, String(callId), "output-0"))).toBe(true);
      host.kill("SIGKILL");
      await host.ended;
      await assertGone(pids[0] ?? 0);
      expect(isAlive(pids[1] ?? 0)).toBe(true);
      if (callId === undefined) throw new Error("no call was recorded");
      expect(await stage.salvage("bash", callId)).toBe("What it had written until then:\nso far\n");
      expect(stage.kept.map((content) => Buffer.from(content).toString())).toEqual(["so far\n"]);
      await assertAllGone(stage, pids);
      expect(readdirSync(stage.stateDirectory)).toEqual([]);
    },
  );

  it.runIf(process.platform === "linux")("is killed, its successor ends a group that had stopped itself", async () => {
    using stage = new Stage();
    await using host = startHost(stage, ["ps -o pgid= -p $$ > group; echo $$ > shell; kill -STOP 0; sleep 60"]);
    const [pid, group] = [await pidIn(stage, "shell"), await pidIn(stage, "group")];
    const [callId] = readdirSync(stage.stateDirectory) as CallId[];
    host.kill("SIGKILL");
    await host.ended;
    expect(isAlive(pid)).toBe(true);
    if (callId === undefined) throw new Error("no call was recorded");
    expect(await stage.salvage("bash", callId)).toBe("");
    await assertGone(pid, group);
    expect(readdirSync(stage.stateDirectory)).toEqual([]);
  });
});

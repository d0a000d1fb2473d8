import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { assertGone, bash, pidIn } from "./bash-calls.ts";
import { Stage } from "./harness.ts";
import { isAlive } from "./is-alive.ts";

describe("a command that takes too long", () => {
  it("is stopped, and what it had written is shown", async () => {
    using stage = new Stage();
    const result = await bash(stage, "echo before; echo $$ > pid; sleep 30; echo after", { timeoutMs: 500 });
    expect(result).toMatchObject({ timedOut: true, exitCode: null });
    expect(result.output).toMatch(/^before\n/);
    expect(result.output).not.toContain("after");
    expect(result.durationMs).toBeLessThan(2_500);
    await assertGone(await pidIn(stage, "pid"));
  });

  it("may still say something when it is told to stop", async () => {
    using stage = new Stage();
    const result = await bash(stage, "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done", {
      timeoutMs: 500,
    });
    expect(result.timedOut).toBe(true);
    expect(result.output).toMatch(/^up\n[^]*bye\n$/);
  });

  it("is killed with all its children where they do not listen", async () => {
    using stage = new Stage();
    const command =
      "trap '' TERM; (trap '' TERM; echo $BASHPID > child; while :; do sleep 0.1; done) & while :; do sleep 0.1; done";
    const result = await bash(stage, command, { timeoutMs: 300 });
    expect(result.timedOut).toBe(true);
    expect(result.durationMs).toBeGreaterThan(1_000);
    expect(result.durationMs).toBeLessThan(2_300);
    await assertGone(await pidIn(stage, "child"));
  });
});

describe("a command that leaves something in the background", () => {
  it("settles at once, and what it left is gone, though it holds the output", async () => {
    using stage = new Stage();
    const result = await bash(stage, "sleep 60 & echo $! > child; echo done");
    expect(result).toMatchObject({ output: "done\n", exitCode: 0 });
    expect(result.durationMs).toBeLessThan(1_500);
    await assertGone(await pidIn(stage, "child"));
  });

  it("settles at once, and what it left is gone, though it writes elsewhere", async () => {
    using stage = new Stage();
    const result = await bash(stage, "sleep 60 >/dev/null 2>&1 & echo $! > child");
    expect(result.durationMs).toBeLessThan(1_500);
    await assertGone(await pidIn(stage, "child"));
  });

  it("still shows what that writes right after", async () => {
    using stage = new Stage();
    expect(await bash(stage, "(sleep 0.05; echo late) & echo first")).toMatchObject({ output: "first\nlate\n" });
  });

  it.runIf(process.platform === "linux")("settles at once, and what left the group is gone too", async () => {
    using stage = new Stage();
    const result = await bash(stage, "setsid sh -c 'echo $$ > child; exec sleep 20' & sleep 0.3; echo done");
    expect(result).toMatchObject({ output: "done\n", exitCode: 0 });
    expect(result.durationMs).toBeLessThan(2_000);
    await assertGone(await pidIn(stage, "child"));
  });

  it.runIf(process.platform === "linux")(
    "settles though that left the group, lost its mark and holds the output",
    async () => {
      using stage = new Stage();
      const result = await bash(
        stage,
        "env -i setsid /bin/sh -c 'echo $$ > child; exec /bin/sleep 20' & sleep 0.3; echo done",
      );
      const pid = await pidIn(stage, "child");
      try {
        expect(result).toMatchObject({ output: "done\n", exitCode: 0 });
        expect(result.durationMs).toBeLessThan(2_000);
      } finally {
        if (isAlive(pid)) process.kill(pid, "SIGKILL");
      }
    },
  );
});

describe("an abort", () => {
  it("ends the whole group and is passed on as it is", async () => {
    using stage = new Stage();
    const controller = new AbortController();
    const command = "echo before; sleep 60 & echo $! > child; echo $$ > pid; sleep 60";
    const running = stage.run("bash", { command }, controller.signal);
    running.catch(() => undefined);
    const [child, pid] = [await pidIn(stage, "child"), await pidIn(stage, "pid")];
    const reason = new Error("the person stopped it");
    const startedAt = performance.now();
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(performance.now() - startedAt).toBeLessThan(3_500);
    await assertGone(child);
    await assertGone(pid);
    expect(stage.kept.map((content) => Buffer.from(content).toString())).toEqual([expect.stringMatching(/^before\n/)]);
  });

  it("before the start runs nothing", async () => {
    using stage = new Stage();
    const controller = new AbortController();
    const call = await stage.prepare("bash", { command: "touch made" }, controller.signal);
    const reason = new Error("stop");
    controller.abort(reason);
    await expect(call.execute()).rejects.toBe(reason);
    await sleep(100);
    expect(existsSync(stage.join("made"))).toBe(false);
  });
});

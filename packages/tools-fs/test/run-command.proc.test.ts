import { expect, it } from "vitest";

import { runCommand } from "../src/shell/run-command.ts";

const run = async (shell: string, command: string) => {
  let output = "";
  const end = await runCommand({
    shell,
    command,
    directory: process.cwd(),
    environment: {},
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    callId: "cal_test",
    onLeader: async () => undefined,
    onOutput: (piece) => (output += piece.toString()),
  });
  return { ...end, output };
};

it("a command runs with /bin/sh where there is no bash, and without any environment", async () => {
  const ended = { exitCode: 4, signal: null, timedOut: false, output: "hello\n" };
  expect(await run("/bin/sh", "echo hello; exit 4")).toEqual(ended);
});

it("a shell that is not there ends with 127", async () => {
  expect(await run("/no/such/shell", "echo hello")).toMatchObject({ exitCode: 127 });
});

it("a command that ends at once leaves nobody to be reaped", async () => {
  const { output } = await run("/bin/sh", "ps -o pgid= -p $$");
  const group = output.trim();
  expect(group).toMatch(/^\d+$/);
  const { output: left } = await run("/bin/sh", `ps -e -o pgid=,stat=,args= | awk '$1 == ${group}'`);
  expect(left).toBe("");
});

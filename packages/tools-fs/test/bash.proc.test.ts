import { existsSync, mkdirSync, readdirSync } from "node:fs";

import { boundText } from "@holdfast/core/tool";
import { describe, expect, it, vi } from "vitest";

import { bash } from "./bash-calls.ts";
import { Denied, failureOf, Stage } from "./harness.ts";

describe("bash answers with", () => {
  it("what a command wrote, and its exit code", async () => {
    using stage = new Stage();
    expect(await bash(stage, "echo hello; exit 3")).toMatchObject({
      output: "hello\n",
      exitCode: 3,
      signal: null,
      timedOut: false,
      omittedBytes: 0,
    });
    expect(await stage.show("bash", { command: "echo hello; exit 3" })).toBe("hello\n[exit code 3]");
    expect(await stage.show("bash", { command: "true" })).toBe("(no output)\n[exit code 0]");
  });

  it("output and errors in the order in which they were written", async () => {
    using stage = new Stage();
    const command = "for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done";
    const { output } = await bash(stage, command);
    expect(output).toBe([1, 2, 3, 4, 5].map((index) => `out ${index}\nerr ${index}\n`).join(""));
  });

  it("what was written to /dev/stderr and /dev/stdout by name", async () => {
    using stage = new Stage();
    expect(await bash(stage, "echo a > /dev/stderr; echo b > /dev/stdout")).toMatchObject({ output: "a\nb\n" });
  });

  it("the signal that ended a command", async () => {
    using stage = new Stage();
    expect(await bash(stage, "kill -9 $$")).toMatchObject({ exitCode: 137, signal: "SIGKILL" });
    expect(await bash(stage, "kill -TERM 0; sleep 5")).toMatchObject({ exitCode: 143, signal: "SIGTERM" });
  });

  it("no exit code where a command kills its whole group", async () => {
    using stage = new Stage();
    expect(await bash(stage, "kill -9 0; sleep 5")).toMatchObject({ exitCode: null, timedOut: false });
  });

  it("127 for a command that is none, also where it looks like an option", async () => {
    using stage = new Stage();
    expect(await bash(stage, "no-such-command-here")).toMatchObject({ exitCode: 127 });
    expect(await bash(stage, "--version")).toMatchObject({ exitCode: 127 });
  });

  it("invalid UTF-8 and NULs replaced", async () => {
    using stage = new Stage();
    const { output } = await bash(stage, String.raw`printf 'a\000b\377c'`);
    expect(output).toBe("a\uFFFDb\uFFFDc");
  });
});

describe("a command", () => {
  it("has no input and no terminal", async () => {
    using stage = new Stage();
    expect(await bash(stage, "cat; read line || echo none; [ -t 0 ] || echo no terminal")).toMatchObject({
      output: "none\nno terminal\n",
    });
  });

  it("runs in the Location, or in a directory below it", async () => {
    using stage = new Stage();
    mkdirSync(stage.join("sub"));
    expect(await bash(stage, "pwd -P")).toMatchObject({ output: `${stage.directory}\n` });
    expect(await bash(stage, "pwd -P", { workdir: "sub" })).toMatchObject({ output: `${stage.join("sub")}\n` });
    stage.write("file", "");
    expect(await failureOf(bash(stage, "pwd", { workdir: "file" }))).toContain("a directory, found a file");
  });

  it("is bash, and is taken literally", async () => {
    using stage = new Stage();
    const { output } = await bash(stage, `a=(1 2); echo "\${a[1]}" '$x' "\\$y" \`echo z\` ; # "`);
    expect(output).toBe("2 $x $y z\n");
  });

  it("sees the environment that the host names, and nothing else", async () => {
    using stage = new Stage({ environment: { PATH: process.env["PATH"] ?? "", HOST_SAYS: "yes" } });
    expect(await bash(stage, "echo $HOST_SAYS $HOME")).toMatchObject({ output: "yes\n" });
  });

  it("sees the host's environment by default, without what looks like a secret and without code for the shell", async () => {
    vi.stubEnv("PLAIN_SETTING", "plain");
    vi.stubEnv("SERVICE_API_KEY", "secret");
    vi.stubEnv("DB_PASSWORD", "secret");
    vi.stubEnv("NPM_TOKEN", "wanted");
    vi.stubEnv("BASH_ENV", "/nowhere");
    try {
      using stage = new Stage({ passEnvironment: ["NPM_TOKEN"] });
      const { output } = await bash(stage, "env");
      expect(output).toContain("PLAIN_SETTING=plain\n");
      expect(output).toContain("NPM_TOKEN=wanted\n");
      expect(output).not.toMatch(/SERVICE_API_KEY|DB_PASSWORD|BASH_ENV/);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("may be stopped by SIGINT, as on a terminal", async () => {
    using stage = new Stage();
    const started = await bash(stage, "sleep 30 & kill -INT $$; sleep 30");
    expect(started).toMatchObject({ exitCode: 130, signal: "SIGINT" });
  });

  it("is given neither of the pipes that watch over it", async () => {
    using stage = new Stage();
    const { output } = await bash(stage, "ls /proc/self/fd 2>/dev/null | tr '\\n' ' '");
    expect(output).not.toMatch(/\b(4|5|6)\b/);
  });

  it("that was not allowed is not run", async () => {
    using stage = new Stage();
    stage.rules = [];
    await expect(bash(stage, "touch made")).rejects.toThrow(Denied);
    expect(existsSync(stage.join("made"))).toBe(false);
  });

  it("with a NUL is refused before anybody is asked", async () => {
    using stage = new Stage();
    expect(await failureOf(bash(stage, "echo a\0b"))).toContain("NUL");
    expect(stage.asked).toEqual([]);
  });
});

describe("output", () => {
  it("of any size is shown from its beginning and to its end, and the whole is kept", async () => {
    using stage = new Stage();
    const result = await bash(stage, "echo first; head -c 20000000 /dev/zero | tr '\\0' x; echo; echo last");
    expect(result.output).toMatch(/^first\nx/);
    expect(result.output.endsWith("x\nlast\n")).toBe(true);
    expect(result.output.length).toBeLessThan(46_000);
    expect(result.omittedBytes).toBeGreaterThan(19_000_000);
    const seam = `${result.omittedBytes} bytes of output are left out here. The whole: tool-output://`;
    expect(result.output.includes(seam)).toBe(true);
    const [whole = Buffer.alloc(0)] = stage.kept;
    expect(whole.length).toBe(20_000_012);
    expect(Buffer.from(whole.subarray(-8)).toString()).toBe("xx\nlast\n");
    expect(readdirSync(stage.stateDirectory)).toEqual([]);
  });

  it("of many lines is cut between lines", async () => {
    using stage = new Stage();
    const { output } = await bash(stage, "seq 5000");
    const lines = output.split("\n");
    expect(lines.length).toBeLessThan(2_000);
    expect([lines[0], lines[990], lines.at(-2)]).toEqual(["1", "991", "5000"]);
    expect(boundText(output, "x").whole).toBe(true);
  });

  it("that is larger than a store takes keeps its beginning and its end, and says what is lost between them", async () => {
    using stage = new Stage();
    const before = process.memoryUsage().rss;
    await bash(stage, "echo first; head -c 200000000 /dev/zero | tr '\\0' x; echo; echo last");
    const [whole = Buffer.alloc(0)] = stage.kept;
    expect(whole.length).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(whole.length).toBeGreaterThan(61 * 1024 * 1024);
    const seam = Buffer.from(whole.subarray(32 * 1024 * 1024, 32 * 1024 * 1024 + 100)).toString();
    const lost = Number(/^\n… (\d+) bytes of output were left out here, and are lost …\nx/.exec(seam)?.[1]);
    expect(lost).toBe(
      200_000_012 -
        (whole.length - Buffer.byteLength(`\n… ${lost} bytes of output were left out here, and are lost …\n`)),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  it("is shown though there is no place to keep it", async () => {
    using stage = new Stage({ stateDirectory: "/dev/null/nowhere" });
    const { output } = await bash(stage, "seq 5000");
    expect(output).toContain("left out here, and are lost");
    expect(output.startsWith("1\n")).toBe(true);
    expect(stage.kept).toEqual([]);
  });

  it("that a runtime bounds still shows how the command ended", async () => {
    using stage = new Stage();
    const shown = await stage.show("bash", { command: "seq 100000; exit 7" });
    expect(boundText(shown, "x").text).toMatch(/100000\n\[exit code 7\]$/);
  });

  it("is shown while it is produced, in small fragments", async () => {
    using stage = new Stage();
    await bash(stage, "echo one; sleep 0.4; echo two; seq 100000");
    expect(stage.progress[0]).toEqual({ output: "one\n" });
    expect(stage.progress.length).toBeGreaterThan(1);
    for (const { output } of stage.progress) expect((output as string).length).toBeLessThanOrEqual(4_000);
  });
});

it("twenty commands run at once, each with its own output", async () => {
  using stage = new Stage();
  const results = await Promise.all(Array.from({ length: 20 }, (_, index) => bash(stage, `sleep 0.1; echo ${index}`)));
  expect(results.map(({ output }) => output)).toEqual(results.map((_, index) => `${index}\n`));
});

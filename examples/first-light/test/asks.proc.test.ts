import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { startScriptedServer } from "../src/scripted-server.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const sample = fileURLToPath(new URL("../sample", import.meta.url));

/** A copy of the sample that is removed when it is disposed of. */
const makeSample = () => {
  const path = mkdtempSync(join(tmpdir(), "holdfast-first-light-"));
  cpSync(sample, path, { recursive: true });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
};

interface RunOptions {
  readonly flags: readonly string[];
  /** Ends it, once it has said this. */
  readonly until?: string;
}

/** The example on a folder, with what a person types, all at once: each question takes its line. */
const runOn = async (folder: string, typed: string, { flags, until }: RunOptions) => {
  await using server = await startScriptedServer();
  const child = spawn(process.execPath, [main, "--dir", folder, ...flags, "Mend the tests"], {
    env: { ...process.env, NODE_OPTIONS: "", HOLDFAST_BASE_URL: server.baseUrl, HOLDFAST_MODEL: "scripted" },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: 30_000,
  });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (until !== undefined && output.includes(until)) child.kill("SIGKILL");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdin.on("error", () => undefined).end(typed);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output, errors, average: readFileSync(join(folder, "src", "average.js"), "utf8") };
};

const broken = "let index = 1;";

it("asks on the terminal before it runs or changes anything, shows what it is about, and goes on with the answers", async () => {
  using folder = makeSample();
  // Once for the tests as they are, once for the edit, which is shown; then the tests again, this time for good.
  const { code, output, average } = await runOn(folder.path, "what?\ny\ny\na\n", { flags: ["--ask"] });
  expect(output.match(/\? \w+ .*/g)).toEqual([
    "? bash node --test",
    "? bash node --test",
    "? edit src/average.js",
    "? bash node --test",
  ]);
  expect(output).toContain('"oldText": "let index = 1;"');
  expect(output).toMatch(/Session ses_\w+: completed\n$/);
  expect(code).toBe(0);
  expect(average).not.toContain(broken);
});

it("stops where nobody is left to answer, and has changed nothing", async () => {
  using folder = makeSample();
  const { code, errors, average } = await runOn(folder.path, "y\n", { flags: ["--ask"] });
  expect(errors).toMatch(/Session ses_\w+: interrupted\n$/);
  expect(code).toBe(1);
  expect(average).toContain(broken);
});

const refused = "bash: stopped (denied-by-policy)";

it("asks nobody where standard input is no terminal, and tells the model that nobody can be asked", async () => {
  using folder = makeSample();
  const { output, average } = await runOn(folder.path, "y\ny\ny\ny\n", { flags: [], until: refused });
  expect(output).toContain(refused);
  expect(output).not.toMatch(/^ {2}\? /m);
  expect(average).toContain(broken);
});

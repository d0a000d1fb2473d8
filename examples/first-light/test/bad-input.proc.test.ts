import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import type { AddressInfo } from "node:net";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The example as a person runs it, with these settings and no others of Holdfast's. */
const runIn = async (folder: string, args: readonly string[], settings: Readonly<Record<string, string>>) => {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("HOLDFAST_")));
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...own, NODE_OPTIONS: "", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 15_000,
  });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output, errors };
};

/** A folder that is removed when it is disposed of, with one file in it. */
const makeFolder = () => {
  const path = mkdtempSync(join(tmpdir(), "holdfast-first-light-"));
  writeFileSync(join(path, "file"), "");
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
};

const model = { HOLDFAST_BASE_URL: "http://127.0.0.1:1/v1", HOLDFAST_MODEL: "any" };

it.each([
  { name: "a flag that nobody knows", args: ["--fast"], settings: {}, says: "Unknown option '--fast'" },
  { name: "--dir without a path", args: ["--dir"], settings: {}, says: "'--dir <value>' argument missing" },
  { name: "no prompt", args: ["--dir", "."], settings: model, says: "Usage:" },
  { name: "a prompt without --dir", args: ["Fix it"], settings: model, says: "Usage:" },
  { name: "two prompts", args: ["--dir", ".", "Fix", "it"], settings: model, says: "Usage:" },
  {
    name: "a widening that nobody knows",
    args: ["--dir", ".", "--allow", "fly", "Fix it"],
    settings: model,
    says: "--allow edit",
  },
  { name: "no model", args: ["--dir", ".", "Fix it"], settings: {}, says: "No model is configured." },
  {
    name: "a model without its server",
    args: ["--dir", ".", "Fix it"],
    settings: { HOLDFAST_MODEL: "any" },
    says: "HOLDFAST_BASE_URL",
  },
  {
    name: "a directory that is not there",
    args: ["--dir", "none", "Fix it"],
    settings: model,
    says: 'Expected a directory at "none", found none.',
  },
  {
    name: "a directory that is a file",
    args: ["--dir", "file", "Fix it"],
    settings: model,
    says: 'Expected a directory at "file", found none.',
  },
  {
    name: "an empty directory name",
    args: ["--dir", "", "Fix it"],
    settings: model,
    says: 'Expected a directory at "", found none.',
  },
  {
    name: "a server that is no URL",
    args: ["--dir", ".", "Fix it"],
    settings: { ...model, HOLDFAST_BASE_URL: "nonsense" },
    says: '"nonsense"',
  },
  {
    name: "a port that is none",
    args: ["--dir", ".", "Fix it"],
    settings: { ...model, HOLDFAST_BASE_URL: "http://[::1]:99999" },
    says: "99999",
  },
  {
    name: "another protocol",
    args: ["--dir", ".", "Fix it"],
    settings: { ...model, HOLDFAST_BASE_URL: "ftp://x/v1" },
    says: "http or https URL",
  },
])("$name: ends with 1 and says so on stderr, and writes nothing", async ({ args, settings, says }) => {
  using folder = makeFolder();
  const { code, output, errors } = await runIn(folder.path, args, settings);
  expect({ code, output }).toEqual({ code: 1, output: "" });
  expect(errors).toContain(says);
  expect(errors).not.toMatch(/^ {4}at /m);
  expect(readdirSync(folder.path)).toEqual(["file"]);
});

it("a server that nobody runs: is tried three times, then ends with 1, and says what could not be reached", async () => {
  using folder = makeFolder();
  const settings = { ...model, HOLDFAST_BASE_URL: `http://127.0.0.1:${await unusedPort()}/v1` };
  const { code, output, errors } = await runIn(folder.path, ["--dir", ".", "Fix it"], settings);
  expect(code).toBe(1);
  expect(output).toMatch(/^(?: {2}the request failed \(transport\); again in \d\.\d s\n){2}$/);
  expect(errors).toMatch(/^\nSession ses_\w+: failed \(transport: Cannot connect to API: .*\)\n$/);
});

it("a store that is no database: ends with 1, names the file, and leaves it as it is", async () => {
  using folder = makeFolder();
  mkdirSync(join(folder.path, ".holdfast"));
  const store = join(folder.path, ".holdfast", "sessions.db");
  writeFileSync(store, "garbage");
  const { code, errors } = await runIn(folder.path, ["--dir", ".", "Fix it"], model);
  expect(code).toBe(1);
  expect(errors).toMatch(/^store\.corrupt: .*sessions\.db.*\.\n$/);
  expect(readFileSync(store, "utf8")).toBe("garbage");
});

it("a folder in which nothing can be made: ends with 1, and says where", async () => {
  using folder = makeFolder();
  writeFileSync(join(folder.path, ".holdfast"), "in the way");
  const { code, output, errors } = await runIn(folder.path, ["--dir", ".", "Fix it"], model);
  expect({ code, output }).toEqual({ code: 1, output: "" });
  expect(errors).toMatch(/^store\.not-found: Expected to keep the session in .*\.holdfast.*\.\n$/);
});

const unusedPort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

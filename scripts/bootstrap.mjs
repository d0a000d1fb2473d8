// Runs a script of this repository with the right Node and everything installed, on a machine that has only an old Node and
// npm. Plain JavaScript for that reason. With a recent Node and pnpm at hand it uses them and adds a hash of a few files.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const toolDirectory = join(root, ".tool");
const stampFile = join(root, "node_modules", ".holdfast-installed");
const pnpmVersion = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager.split("@")[1];
const isWindows = process.platform === "win32";

const say = (text) => process.stderr.write(`holdfast: ${text}\n`);

/** Ends with a sentence for a person: what failed, and what to do. */
const fail = (text) => {
  say(text);
  process.exit(1);
};

const isSuitable = (version) => {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return (major === 24 && minor >= 11) || major >= 26;
};

const run = (command, args, options = {}) => spawnSync(command, args, { cwd: root, encoding: "utf8", ...options });

/** Node and pnpm from npm packages, into an ignored folder; renamed into place, so that a killed install leaves nothing half. */
const installTool = () => {
  const node = `node-${isWindows ? "win" : process.platform}-${process.arch}@24`;
  const temporary = `${toolDirectory}-${process.pid}`;
  say(`installing Node 24 and pnpm ${pnpmVersion} into .tool (once, about 210 MB) …`);
  const started = Date.now();
  mkdirSync(temporary, { recursive: true });
  const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--loglevel=error", "--no-audit", "--no-fund"];
  const result = run("npm", ["install", "--prefix", temporary, ...flags, node, `pnpm@${pnpmVersion}`], {
    stdio: ["ignore", "ignore", "pipe"],
    shell: isWindows,
  });
  if (result.status !== 0) {
    rmSync(temporary, { recursive: true, force: true });
    fail(
      `could not install ${node} and pnpm from npm:\n${(result.stderr ?? "").trim()}\n` +
        `Check the network, or install Node 24.11 or newer and pnpm ${pnpmVersion} by hand and run this again.`,
    );
  }
  try {
    renameSync(temporary, toolDirectory);
  } catch {
    // Another run was first, and its folder serves as well; a half folder of an older kind is replaced.
    if (!toolIsThere()) {
      rmSync(toolDirectory, { recursive: true, force: true });
      renameSync(temporary, toolDirectory);
    } else rmSync(temporary, { recursive: true, force: true });
  }
  say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
};

const toolNode = join(toolDirectory, "node_modules", ".bin", isWindows ? "node.cmd" : "node");
const toolPnpm = join(toolDirectory, "node_modules", "pnpm", "bin", "pnpm.mjs");
const toolIsThere = () => existsSync(toolNode) && existsSync(toolPnpm);

const findNode = () => {
  if (isSuitable(process.version)) return process.execPath;
  if (!toolIsThere()) installTool();
  return toolNode;
};

const manifests = () => {
  const found = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"];
  for (const folder of ["packages", "examples"]) {
    for (const name of readdirSync(join(root, folder)).toSorted()) found.push(join(folder, name, "package.json"));
  }
  return [...found, "bench/package.json", "torture/package.json"].filter((file) => existsSync(join(root, file)));
};

const installStamp = (node) => {
  const hash = createHash("sha256").update(node === process.execPath ? process.version : "tool");
  for (const file of manifests()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
};

const installDependencies = (node, env) => {
  const stamp = installStamp(node);
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  const found = run("pnpm", ["--version"], { shell: isWindows, env });
  const hasPnpm = found.status === 0 && Number.parseInt(found.stdout, 10) >= 11;
  if (!hasPnpm && !toolIsThere()) installTool();
  say("installing dependencies (pnpm install --frozen-lockfile) …");
  const started = Date.now();
  const args = ["install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"];
  const result =
    hasPnpm && !toolIsThere()
      ? run("pnpm", args, { shell: isWindows, stdio: ["ignore", "ignore", "inherit"], env })
      : run(node, [toolPnpm, ...args], { stdio: ["ignore", "ignore", "inherit"], env });
  if (result.status !== 0)
    fail("pnpm could not install the dependencies: see above. Check the network, and run this again.");
  writeFileSync(stampFile, stamp);
  say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
};

const main = () => {
  const [script, ...rest] = process.argv.slice(2);
  if (script === undefined)
    fail("expected the script to run, found nothing: node scripts/bootstrap.mjs SCRIPT [ARGUMENTS]");
  const node = findNode();
  const bins = [join(root, "node_modules", ".bin")];
  if (toolIsThere()) bins.unshift(join(toolDirectory, "node_modules", ".bin"));
  const env = { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter), TURBO_TELEMETRY_DISABLED: "1" };
  installDependencies(node, env);
  // npm strips a leading "--", pnpm passes it on.
  const args = rest[0] === "--" ? rest.slice(1) : rest;
  const child = spawn(node, [join(root, script), ...args], {
    stdio: "inherit",
    env,
    cwd: process.env.INIT_CWD ?? root,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`could not start ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15, SIGHUP: 1 }[signal] ?? 0);
  });
};

main();

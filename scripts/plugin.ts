// `npm run plugin -- new NAME [FOLDER]`: a plugin of one's own, with its tests and a host to try it in, copied from the example.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { root } from "./run-step.ts";

const template = join(root, "examples/third-party-plugin");
const templateName = "holdfast-plugin-notes";
const left = new Set(["node_modules", "dist"]);

const [command, name = "", folder = name.replace(/^@[^/]*\//, "")] = process.argv.slice(2);

const fail = (problem: string): never => {
  process.stderr.write(`${problem}\nUsage: npm run plugin -- new NAME [FOLDER]\n`);
  process.exit(1);
};

/** Versions as the template's package.json names them, for a folder that is in no workspace. */
const versionsOf = (manifest: string): string => {
  const workspace = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");
  const entries = workspace.matchAll(/^ {2}"?([^\s":]+)"?: (\S+)$/gm);
  const catalog = new Map([...entries].map(([, packageName = "", version = ""]) => [packageName, version]));
  return manifest
    .replace(/^ *"private": true,\n/m, "")
    .replaceAll(
      /"([^"]+)": "catalog:"/g,
      (_all, packageName: string) => `"${packageName}": "${catalog.get(packageName)}"`,
    )
    .replaceAll(/"@holdfast\/([^"]+)": "workspace:\^"/g, (_all, packageName: string) => {
      const { version } = JSON.parse(readFileSync(join(root, "packages", packageName, "package.json"), "utf8")) as {
        readonly version: string;
      };
      return `"@holdfast/${packageName}": "^${version}"`;
    });
};

const copy = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (left.has(entry.name)) continue;
    if (entry.isDirectory()) copy(source, target);
    else if (entry.isFile()) {
      const text = readFileSync(source, "utf8").replaceAll(templateName, name);
      writeFileSync(target, entry.name === "package.json" ? versionsOf(text) : text);
    } else cpSync(source, target);
  }
};

if (command !== "new") fail(`expected "new", found ${JSON.stringify(command ?? "")}`);
if (!/^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9.-]*$/.test(name))
  fail(`expected the name of an npm package, found ${JSON.stringify(name)}`);
const target = resolve(process.env["INIT_CWD"] ?? process.cwd(), folder);
if (existsSync(target) && readdirSync(target).length > 0)
  fail(`expected no folder or an empty one at ${target}, found files`);
copy(template, target);
process.stdout.write(`${basename(target)} is there. In it: npm install, npm test, npm run try\n`);

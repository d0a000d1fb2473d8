// What a stranger does, from packed tarballs in a folder outside the workspace: a new plugin, its types and tests, and a host of its own.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { command, root, runStep } from "./run-step.ts";

const packages = ["core", "testkit", "runner"];
const name = "holdfast-plugin-from-outside";

const folder = await mkdtemp(join(tmpdir(), "holdfast-stranger-"));
const plugin = join(folder, "plugin");
const tarballs = join(folder, "tarballs");

/** Puts the tarballs in the place of what would come from a registry. */
const useTarballs = async (): Promise<readonly string[]> => {
  const files = await readdir(tarballs);
  const missing = packages.filter((one) => !files.some((file) => file.startsWith(`holdfast-${one}-`)));
  if (missing.length > 0) return missing.map((one) => `no tarball of ${one} was packed`);
  const places = packages.map((one) => {
    const file = files.find((found) => found.startsWith(`holdfast-${one}-`));
    return [`@holdfast/${one}`, `file:${join(tarballs, file ?? "")}`] as const;
  });
  const manifest = join(plugin, "package.json");
  const written = JSON.parse(await readFile(manifest, "utf8")) as { readonly devDependencies: object };
  const devDependencies = { ...written.devDependencies, ...Object.fromEntries(places) };
  await writeFile(manifest, JSON.stringify({ ...written, devDependencies }, null, 2));
  const overrides = places.map(([one, place]) => `  "${one}": "${place}"\n`).join("");
  await writeFile(
    join(plugin, "pnpm-workspace.yaml"),
    `pmOnFail: ignore\nallowBuilds:\n  esbuild: false\noverrides:\n${overrides}`,
  );
  return [];
};

const inPlugin = { cwd: plugin, timeoutMs: 120_000 };

const steps = [
  [
    "build",
    command(
      "turbo",
      "run",
      "build",
      "--output-logs=errors-only",
      ...packages.map((one) => `--filter=@holdfast/${one}`),
    ),
  ],
  ...packages.map(
    (one) =>
      [
        `pack ${one}`,
        command({ cwd: join(root, "packages", one) }, "pnpm", "pack", "--pack-destination", tarballs),
      ] as const,
  ),
  ["plugin new", command(process.execPath, "scripts/plugin.ts", "new", name, plugin)],
  ["tarballs", useTarballs],
  ["install", command(inPlugin, "pnpm", "install", "--prefer-offline", "--ignore-scripts")],
  ["types, and dist", command(inPlugin, "pnpm", "run", "build")],
  ["tests", command(inPlugin, "pnpm", "run", "test")],
  ["host", command(inPlugin, "pnpm", "run", "try")],
] as const;

try {
  for (const [title, step] of steps) {
    if (await runStep(title, step)) continue;
    process.exitCode = 1;
    break;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

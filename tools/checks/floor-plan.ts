import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { cruise } from "dependency-cruiser";

import { floorRules } from "./floor-rules.ts";

/** What of the floor plan does not hold below a root folder: a sentence for each. Empty where all of it does. */
export const checkFloors = async (root: string): Promise<readonly string[]> => {
  const folders = ["packages", "examples", "bench", "torture"].filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(folders, {
    baseDir: root,
    ruleSet: { forbidden: floorRules(entriesOf(root)) },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|sample)/|tsup\\.config\\.ts$" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".tsx", ".js"],
    },
  });
  if (typeof output === "string") throw new TypeError("expected a result of the cruise, found a report");
  const imports = output.summary.violations.map(
    ({ rule, from, to }) => `${from} imports ${to}: ${commentOf(rule.name)}`,
  );
  return [...imports, ...checkManifests(root)];
};

const commentOf = (name: string): string => floorRules([]).find((rule) => rule.name === name)?.comment ?? name;

interface Manifest {
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifestsOf = (root: string): readonly (readonly [string, Manifest])[] =>
  readdirSync(join(root, "packages")).flatMap((name) => {
    const file = join(root, "packages", name, "package.json");
    return existsSync(file) ? [[name, JSON.parse(readFileSync(file, "utf8")) as Manifest] as const] : [];
  });

const entriesOf = (root: string): readonly string[] =>
  manifestsOf(root).flatMap(([name, { exports = {} }]) =>
    Object.values(exports).map((target) => `packages/${name}/${target.replace("./", "")}`),
  );

const checkManifests = (root: string): readonly string[] =>
  manifestsOf(root).flatMap(([name, { dependencies = {} }]) =>
    "@holdfast/testkit" in dependencies
      ? [`packages/${name}/package.json depends on @holdfast/testkit: it is for tests alone`]
      : [],
  );

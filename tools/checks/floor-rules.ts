import { floorTable, vendorFolders } from "./floor-table.ts";

import type { IForbiddenRuleType } from "dependency-cruiser";

const source = (name: string): string => `^packages/${name}/src/`;
const entriesOnly = "another package is imported through its exports, never by a path into it";
const exactly = (file: string): string => `^${file.replaceAll(".", "\\.")}$`;
const tests = "\\.test\\.ts$";

/** The floor table as rules. `entries` are the files that packages export: nothing else of them may be imported from outside. */
export const floorRules = (entries: readonly string[]): IForbiddenRuleType[] => [
  ...Object.entries(floorTable).map(([name, allowed]) => ({
    name: `floor-of-${name}`,
    comment: `${name} may import only ${allowed.length === 0 ? "itself" : allowed.join(", ")}`,
    severity: "error" as const,
    from: { path: source(name), pathNot: tests },
    to: { path: "^packages/", pathNot: [name, ...allowed].map((one) => `^packages/${one}/`) },
  })),
  ...Object.entries(vendorFolders).map(([vendor, folders]) => ({
    name: `vendor-${vendor}`,
    comment: `${vendor} may be imported only in ${folders.join(", ")}`,
    severity: "error" as const,
    from: {
      path: "^(packages/[^/]+/src|examples|bench|torture)/",
      pathNot: [tests, ...folders.map((folder) => `^${folder}/`)],
    },
    to: { path: `(^|node_modules/)${vendor}(/|$)` },
  })),
  {
    name: "core-is-pure",
    comment: "core does no I/O: time, randomness and hashing come in as ports",
    severity: "error",
    from: { path: source("core"), pathNot: tests },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "light-entries",
    comment: "who writes a tool or reads events must not load the hooks",
    severity: "error",
    from: { path: "^packages/core/src/(index|event|tool)\\.ts$" },
    to: { path: "node_modules/tapable/", reachable: true },
  },
  {
    name: "errors-entry",
    comment: "who catches errors in a browser must load nothing beside them",
    severity: "error",
    from: { path: "^packages/core/src/errors(\\.ts$|/)", pathNot: tests },
    to: { pathNot: "^packages/core/src/errors/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "sdk-types-only",
    comment:
      "the SDK takes types from core, and as values the errors alone, from @holdfast/core/errors: all else brings zod",
    severity: "error",
    from: { path: source("sdk"), pathNot: tests },
    to: { path: "^packages/core/", pathNot: "^packages/core/src/errors\\.ts$", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "sdk-in-browsers",
    comment: "the SDK runs in browsers, which have no modules of Node",
    severity: "error",
    from: { path: source("sdk"), pathNot: tests },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "page-types-only",
    comment:
      "the inspector's page is the SDK and what it shows: of core it takes types, @holdfast/core/errors and @holdfast/core/history, as all else brings zod",
    severity: "error",
    from: { path: "^packages/inspector/src/page/", pathNot: tests },
    to: {
      path: "^packages/core/",
      pathNot: "^packages/core/src/(errors|history)\\.ts$",
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "page-in-browsers",
    comment: "the inspector's page runs in browsers, which have no modules of Node",
    severity: "error",
    from: { path: "^packages/inspector/src/page/", pathNot: tests },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "entries-only",
    comment: entriesOnly,
    severity: "error",
    from: { path: "^packages/([^/]+)/" },
    to: { path: "^packages/", pathNot: ["^packages/$1/", ...entries.map(exactly)] },
  },
  {
    name: "entries-only-outside",
    comment: entriesOnly,
    severity: "error",
    from: { path: "^(examples|bench|torture)/" },
    to: { path: "^packages/", pathNot: entries.map(exactly) },
  },
  {
    name: "no-cycles",
    comment: "what imports each other is one thing",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "resolvable",
    comment: "an import that leads nowhere",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
];

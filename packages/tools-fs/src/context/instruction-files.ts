import { dirname, join, resolve } from "node:path";

import { parseJson } from "@holdfast/core";

import { toResource } from "../paths/lexical-path.ts";
import { WatchedFile } from "./watched-file.ts";

import type { Location } from "@holdfast/core";
import type { ContextCollection, ContextSource } from "@holdfast/core/plugin";
import type { FileSystem } from "../file-system.ts";

/** How a project's instructions are called. */
export const instructionsName = "AGENTS.md";
const prefix = "fs/instructions:";
/** How many places are looked at for instructions at one boundary: those that were found before, all of them, and then others. */
const mostPlaces = 100;
/** How many of them are kept in memory, with their texts. */
const mostKept = 1_000;

type Told = { readonly path: string; readonly text: string };

/**
 * The instructions for a Location: a global file, those of its directory and the directories above it up to the root of the repository, and
 * those of folders within it, once a file there was read.
 */
export class InstructionFiles {
  readonly #files: FileSystem;
  readonly #directory: string;
  readonly #globalFile: string | undefined;
  readonly #sources = new Map<string, ContextSource>();
  #repository: Promise<string | undefined> | undefined;

  constructor(files: FileSystem, { directory }: Location, globalFile: string | undefined) {
    this.#files = files;
    this.#directory = directory;
    this.#globalFile = globalFile;
  }

  /** The root of the repository that the Location is in; undefined where it is in none. Looked for once. */
  repository(): Promise<string | undefined> {
    this.#repository ??= this.#findRepository();
    return this.#repository;
  }

  /** One source for each place where instructions may be, the most general first. */
  async sourcesFor({ known, calls }: Pick<ContextCollection, "known" | "calls">): Promise<readonly ContextSource[]> {
    const root = (await this.repository()) ?? this.#directory;
    const above = upwards(this.#directory, root);
    const folders = [...above, ...this.#nested({ known, calls, most: mostPlaces - above.length })];
    const places = folders.map((directory) => this.#source(join(directory, instructionsName), root));
    const all = this.#globalFile === undefined ? places : [this.#source(this.#globalFile), ...places];
    return all.filter((source) => source !== undefined);
  }

  /** Folders below the Location, in their order: those whose instructions were told, and those of which a file was read, the latest first. */
  #nested({ known, calls, most }: Pick<ContextCollection, "known" | "calls"> & { readonly most: number }) {
    const told = known.flatMap((key) => (key.startsWith(prefix) ? [dirname(key.slice(prefix.length))] : []));
    const found = new Set(told.filter((folder) => this.#isBelow(folder)));
    const read = calls.toReversed().flatMap(({ name, input }) => (name === "read" ? readPath(input) : []));
    for (const path of read.map((named) => resolve(this.#directory, named))) {
      // A path may be a folder's: then its own instructions count, and looking for those of a file finds nothing.
      for (let folder = path; this.#isBelow(folder) && found.size < most; folder = dirname(folder)) found.add(folder);
    }
    return [...found].toSorted();
  }

  #isBelow(path: string): boolean {
    return path !== this.#directory && toResource(path, this.#directory) !== undefined;
  }

  #source(path: string, within?: string): ContextSource | undefined {
    const key = `${prefix}${path}`;
    // Such a name is no key, and nobody calls a folder of instructions so.
    // oxlint-disable-next-line no-control-regex -- they are what is refused
    if (key.length > 1_024 || /[\u0000-\u001f\u007f]/.test(key)) return undefined;
    const known =
      this.#sources.get(key) ??
      toSource(key, { path, file: new WatchedFile(this.#files, path, within), shown: this.#shown });
    if (this.#sources.size >= mostKept) this.#sources.clear();
    this.#sources.set(key, known);
    return known;
  }

  /** A path as rules and the model see it. */
  readonly #shown = (path: string): string => toResource(path, this.#directory) ?? path;

  async #findRepository(): Promise<string | undefined> {
    for (let directory = this.#directory; ; directory = dirname(directory)) {
      const isRoot = await this.#files.stat(join(directory, ".git")).then(
        () => true,
        () => false,
      );
      if (isRoot) return directory;
      if (dirname(directory) === directory) return undefined;
    }
  }
}

/** From the root down to the directory. */
const upwards = (directory: string, root: string): readonly string[] =>
  directory === root || dirname(directory) === directory
    ? [directory]
    : [...upwards(dirname(directory), root), directory];

const readPath = (input: string): readonly string[] => {
  const parsed = parseJson(input);
  const path = parsed.ok && typeof parsed.value === "object" && parsed.value !== null ? parsed.value : {};
  return "path" in path && typeof path.path === "string" ? [path.path] : [];
};

interface Instructions {
  readonly path: string;
  readonly file: WatchedFile;
  readonly shown: (path: string) => string;
}

const toSource = (key: string, { path: place, file, shown }: Instructions): ContextSource => {
  const path = shown(place);
  return Object.freeze({
    key,
    load: async ({ effectOf }) => {
      const mayShow = (at: string): boolean => effectOf({ action: "read", resource: shown(at) }) !== "deny";
      if (!mayShow(place)) return undefined;
      const text = (await file.read(mayShow))?.trim();
      return text === undefined || text === "" ? undefined : { path, text };
    },
    baseline: (value) => `Instructions from ${path}${scopeOf(path)}:\n\n${(value as Told).text}`,
    update: (value) => `The instructions in ${path} have changed. They are now:\n\n${(value as Told).text}`,
    removal: () => `The instructions in ${path} are gone, and no longer count.`.slice(0, 1_000),
  } satisfies ContextSource);
};

/** For which files the instructions of a folder are. */
const scopeOf = (path: string): string => {
  const folder = path.slice(0, -instructionsName.length);
  return path.startsWith("/") || folder === "" || !path.endsWith(`/${instructionsName}`)
    ? ""
    : `, for the files in ${folder}`;
};

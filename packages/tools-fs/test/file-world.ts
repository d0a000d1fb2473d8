import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { definePlugin } from "@holdfast/core/plugin";

import { PathService } from "../src/paths/path-service.ts";
import { fsTools } from "../src/index.ts";
import { createBashTool } from "../src/tools/bash-tool.ts";
import { createGlobTool } from "../src/tools/glob-tool.ts";
import { createGrepTool } from "../src/tools/grep-tool.ts";
import { watchedFileSystem } from "./watched-file-system.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { CallWatch, ToolWorld, WorldSnapshot } from "@holdfast/testkit/contract";

/** A Location in a folder, and beside it a folder that no tool may touch. */
export class FileWorld implements ToolWorld {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-world-")));
  readonly directory = join(this.#folder, "inside");
  readonly outside = join(this.#folder, "outside");

  constructor() {
    for (const path of [this.directory, this.outside]) mkdirSync(path);
    writeFileSync(join(this.outside, "a.txt"), "one\nsecret\n");
  }

  /** Writes files below the Location, with the directories above them. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.directory, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  plugin(watch: CallWatch): Plugin {
    const fileSystem = watchedFileSystem(watch);
    const paths = new PathService(fileSystem);
    const stateDirectory = join(this.#folder, "state");
    return definePlugin({
      name: "watched",
      setup: async (ctx) => {
        const dispose = await fsTools({ fileSystem, stateDirectory }).setup(ctx);
        // The later of a name wins: these work on this machine alone, and a host cannot choose.
        for (const tool of [
          createGlobTool({ paths }),
          createGrepTool({ paths }),
          createBashTool({ paths, stateDirectory }),
        ])
          ctx.tools.register(tool);
        return dispose;
      },
    });
  }

  /** Modes and contents, directories too: "inside/sub": "directory 755". */
  async snapshot(): Promise<WorldSnapshot> {
    const entries: [string, string][] = [];
    for (const name of readdirSync(this.#folder, { recursive: true, encoding: "utf8" })) {
      const path = join(this.#folder, name);
      const found = lstatSync(path);
      const mode = (found.mode & 0o7777).toString(8);
      if (name === "state") continue;
      if (found.isDirectory()) entries.push([name, `directory ${mode}`]);
      else if (found.isSymbolicLink()) entries.push([name, `link to ${readlinkSync(path).replace(this.#folder, "")}`]);
      else entries.push([name, `file ${mode} ${readFileSync(path, "latin1")}`]);
    }
    return Object.fromEntries(entries);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

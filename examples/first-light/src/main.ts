// `npm start`: the demo. `npm start -- --dir PATH "prompt"`: a session on your own folder.
import { parseArgs } from "node:util";

import { HoldfastError } from "@holdfast/core";

import { runDemo } from "./demo.ts";
import { runOnOwnFolder, widenings } from "./own-folder.ts";

import type { OwnFolder } from "./own-folder.ts";

const usage = `Usage:
  npm start                                     the demo: a session that is killed in its middle
  npm start -- --dir PATH "prompt"              a session on your own folder; asks you before it does more than read
      --allow edit  --allow bash                lets it change files, run commands, without asking
      --ask                                     asks on standard input although that is no terminal`;

const isWidening = (name: string): name is OwnFolder["allow"][number] =>
  widenings.some((widening) => widening === name);

const main = async (): Promise<boolean> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dir: { type: "string" },
      allow: { type: "string", multiple: true, default: [] },
      ask: { type: "boolean", default: false },
    },
  });
  const { dir: directory, allow, ask } = values;
  if (directory === undefined && positionals.length === 0 && allow.length === 0 && !ask) return runDemo();
  const [prompt] = positionals;
  if (directory === undefined || prompt === undefined || positionals.length > 1 || !allow.every(isWidening)) {
    process.stderr.write(`${usage}\n`);
    return false;
  }
  return runOnOwnFolder({ directory, prompt, allow, asks: ask || process.stdin.isTTY });
};

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  // What a person can mend is said in a sentence; only a defect of ours shows where it came from.
  if (HoldfastError.isInstance(error)) process.stderr.write(`${error.code}: ${error.message}\n`);
  else if (error instanceof TypeError && "code" in error) process.stderr.write(`${error.message}\n${usage}\n`);
  else throw error;
  process.exitCode = 1;
}

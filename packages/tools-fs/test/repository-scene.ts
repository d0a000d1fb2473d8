import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { expect } from "vitest";

import { fsTools } from "../src/index.ts";

import type { Rule } from "@holdfast/core";
import type { Runtime } from "@holdfast/runner";
import type { Script } from "@holdfast/testkit";
import type { FsToolsOptions } from "../src/index.ts";

const allowAll: Rule = { action: "*", resource: "*", effect: "allow" };

/** A repository with a package in it, in which a session works. */
export const setScene = async (
  files: Readonly<Record<string, string>>,
  { rules = [], ...options }: FsToolsOptions & { readonly rules?: readonly Rule[] } = {},
) => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "holdfast-context-")));
  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  await write("repo/.git/HEAD", "");
  for (const [path, content] of Object.entries(files)) await write(path, content);
  const directory = join(folder, "repo/app");
  await mkdir(directory, { recursive: true });
  let wanted: readonly string[] = [];
  const script: Script = (prompt) =>
    wanted.length > 0 && toolResultsOfTurn(prompt).length === 0
      ? wanted.map((path) => toolCall("read", { path }))
      : [text("Yes.")];
  const path = join(folder, "sessions.db");
  const open = async (): Promise<Runtime> =>
    createRuntime({
      store: await openSqliteStore({ path }),
      model: () => ({ model: scriptedModel(script) }),
      plugins: [fsTools({ tools: ["read"], ...options })],
      rules: [allowAll, ...rules],
    });
  let holdfast = await open();
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory } });
  return {
    get holdfast() {
      return holdfast;
    },
    /** Goes on as another process would: nothing is left but the file of the store. */
    restart: async (): Promise<void> => {
      await holdfast[Symbol.asyncDispose]();
      holdfast = await open();
    },
    sessionId,
    folder,
    directory,
    write,
    /** One turn, which reads files first where some are named. */
    turn: async (...paths: readonly string[]): Promise<void> => {
      wanted = paths;
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
      expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
      wanted = [];
    },
    baseline: async () => (await holdfast.sessions.context({ sessionId })).instructions ?? "",
    updates: async () => {
      const { messages } = await holdfast.sessions.messages({ sessionId });
      return messages.flatMap((message) => (message.role === "system" ? [message.text] : []));
    },
    [Symbol.asyncDispose]: async () => {
      await holdfast[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

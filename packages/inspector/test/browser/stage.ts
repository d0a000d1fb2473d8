import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve } from "@holdfast/http";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel } from "@holdfast/testkit";

import { inspectorAssets } from "@holdfast/inspector";

import { shopTools } from "./shop-tools.ts";

import type { Holdfast } from "@holdfast/core";
import type { Script } from "@holdfast/testkit";

/** A runtime on SQLite behind a server that hands out the page. */
export interface Stage extends AsyncDisposable {
  readonly holdfast: Holdfast;
  readonly url: string;
  readonly port: number;
  /** Where its sessions work. */
  readonly directory: string;
}

/** What is allowed without asking: all but edits. */
export const shopRules = [
  { action: "*", resource: "*", effect: "allow" },
  { action: "edit", resource: "*", effect: "ask" },
] as const;

/** A folder for one test, with one in it that sessions work in. */
export const scratch = async (): Promise<AsyncDisposable & { readonly root: string; readonly directory: string }> => {
  const root = await mkdtemp(join(tmpdir(), "holdfast-"));
  const directory = join(root, "webshop");
  await mkdir(directory);
  return { root, directory, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
};

export const openStage = async (
  script: Script,
  { token, reconnectMs }: { readonly token?: string; readonly reconnectMs?: number } = {},
): Promise<Stage> => {
  const stack = new AsyncDisposableStack();
  const { root, directory } = stack.use(await scratch());
  const model = scriptedModel(script);
  const holdfast = stack.use(
    await createRuntime({
      store: await openSqliteStore({ path: join(root, "sessions.db") }),
      model: () => ({ model }),
      plugins: [shopTools()],
      rules: shopRules,
    }),
  );
  const server = stack.use(
    await serve({
      holdfast,
      token,
      assets: await inspectorAssets(),
      server: { graceMs: 0 },
      ...(reconnectMs === undefined ? {} : { limits: { reconnectMs } }),
    }),
  );
  return {
    holdfast,
    url: server.url,
    port: server.port,
    directory,
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
};

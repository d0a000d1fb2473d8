import { mkdir, realpath, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { HoldfastError } from "@holdfast/core";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { fsTools } from "@holdfast/tools-fs";

import { configurationFromEnvironment, toResolveModel } from "./configured-model.ts";
import { followSession } from "./follow-session.ts";
import { createShow } from "./show.ts";
import { openTerminal } from "./terminal.ts";

/** What may be widened beyond reading. */
export const widenings = ["edit", "bash"] as const;

/** A session on a person's own folder. */
export interface OwnFolder {
  readonly directory: string;
  readonly prompt: string;
  readonly allow: readonly (typeof widenings)[number][];
  /** Whether a person answers on standard input, also where that is no terminal. */
  readonly asks: boolean;
}

const write = (text: string): void => void process.stdout.write(text);

const missingModel = `No model is configured. Set these, and run it again:

  HOLDFAST_BASE_URL   an OpenAI-compatible endpoint, for example http://127.0.0.1:11434/v1
  HOLDFAST_MODEL      the model's name there, for example qwen3-coder
  HOLDFAST_API_KEY    its key, where it wants one (optional)

Without --dir, the demo runs with a scripted model and needs none of them.`;

/**
 * Runs one prompt on a folder with the configured model. It reads; for what is more, and was not allowed, a person is asked, or where there is
 * none it is refused. Resolves with whether it completed.
 */
export const runOnOwnFolder = async ({ directory, prompt, allow, asks }: OwnFolder): Promise<boolean> => {
  const configuration = configurationFromEnvironment();
  if (configuration === undefined) {
    process.stderr.write(`${missingModel}\n`);
    return false;
  }
  const folder = await realpath(directory).catch(() => "");
  if (folder === "" || !(await stat(folder)).isDirectory()) {
    throw new HoldfastError("location.not-found", {
      message: `Expected a directory at ${JSON.stringify(directory)}, found none. Name one that exists after --dir.`,
    });
  }
  const home = await makeHome(folder);
  await using holdfast = await createRuntime({
    store: await openSqliteStore({ path: join(home, "sessions.db") }),
    model: toResolveModel(configuration),
    plugins: [fsTools()],
    rules: ["read", ...allow].map((action) => ({ action, resource: "*", effect: "allow" })),
    asks: { policy: asks ? "wait" : "deny" },
    // A person waits for it: half a minute before they hear that nobody serves the model would be too long.
    retries: { limit: 2 },
  });
  const session = await holdfast.sessions.create({ location: { directory: folder }, title: prompt.slice(0, 100) });
  const { cursor } = await holdfast.sessions.prompt({ sessionId: session.id, text: prompt });
  using terminal = asks ? openTerminal(process.stdin, write) : undefined;
  await followSession(holdfast, { sessionId: session.id, after: cursor, show: createShow(write), terminal });
  const { status, failure } = await holdfast.sessions.wait({ sessionId: session.id });
  const completed = status === "completed";
  (completed ? process.stdout : process.stderr).write(
    `\nSession ${session.id}: ${status}${failure === undefined ? "" : ` (${failure.class}: ${failure.message})`}\n`,
  );
  return completed;
};

/** The folder of the store, which is this machine's own: kept out of version control without touching anybody's files. */
const makeHome = async (folder: string): Promise<string> => {
  const home = join(folder, ".holdfast");
  try {
    // Not recursive: where a file system makes no folders at all, like /proc, that tries for ever.
    await mkdir(home).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    });
    await writeFile(join(home, ".gitignore"), "*\n");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HoldfastError("store.not-found", {
      message: `Expected to keep the session in ${home}, and could not (${reason}). Name a directory after --dir that you may write.`,
      cause: error,
    });
  }
  return home;
};

import { mkdir, mkdtemp, realpath, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { fsTools } from "../src/index.ts";
import { nodeFileSystem } from "../src/node-file-system.ts";

import type { Rule } from "@holdfast/core";
import type { Runtime } from "@holdfast/runner";
import type { Script } from "@holdfast/testkit";
import type { FsToolsOptions } from "../src/index.ts";

const allowAll: Rule = { action: "*", resource: "*", effect: "allow" };

/** A repository with a package in it, in which a session works. */
const setScene = async (
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
  let wanted: string | undefined;
  const script: Script = (prompt) =>
    wanted !== undefined && toolResultsOfTurn(prompt).length === 0
      ? [toolCall("read", { path: wanted })]
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
    /** One turn, which reads a file first where one is named. */
    turn: async (path?: string): Promise<void> => {
      wanted = path;
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
      expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
      wanted = undefined;
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

describe("what the model is told of a Location", () => {
  it("are its directory, the system and the repository, and the instructions from the most general to the nearest", async () => {
    await using scene = await setScene({
      "repo/AGENTS.md": "Write tests.\n",
      "repo/app/AGENTS.md": "Use tabs.",
      "AGENTS.md": "Above the repository.",
    });
    const { directory, folder } = scene;
    expect(await scene.baseline()).toBe(
      [
        `Working directory: ${directory}\nPlatform: ${process.platform}\nRoot of the git repository: ${folder}/repo`,
        `Instructions from ${folder}/repo/AGENTS.md:\n\nWrite tests.`,
        `Instructions from AGENTS.md:\n\nUse tabs.`,
      ].join("\n\n"),
    );
  });

  it("is a global file too, where the host names one", async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "holdfast-global-")));
    try {
      const globalFile = join(folder, "mine.md");
      await writeFile(globalFile, "Be short.");
      await using scene = await setScene({ "repo/app/AGENTS.md": "Use tabs." }, { context: { globalFile } });
      expect(await scene.baseline()).toMatch(/Be short\.\n\nInstructions from AGENTS\.md:\n\nUse tabs\.$/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("is nothing where the host wants none of it", async () => {
    await using scene = await setScene({ "repo/app/AGENTS.md": "Use tabs." }, { context: false });
    expect(await scene.baseline()).toBe("");
  });
});

describe("instructions", () => {
  it("of a folder are told at the next step after a file in it was read, and once", async () => {
    await using scene = await setScene({
      "repo/app/src/AGENTS.md": "No default exports.",
      "repo/app/src/deep/AGENTS.md": "Deeper.",
      "repo/app/src/deep/a.ts": "a",
      "repo/app/other/AGENTS.md": "Never read.",
    });
    await scene.turn();
    expect(await scene.updates()).toEqual([]);
    await scene.turn("src/deep/a.ts");
    const told = [
      "Instructions from src/AGENTS.md, for the files in src/:\n\nNo default exports.\n\n" +
        "Instructions from src/deep/AGENTS.md, for the files in src/deep/:\n\nDeeper.",
    ];
    expect(await scene.updates()).toEqual(told);
    await scene.turn("src/deep/a.ts");
    expect(await scene.updates()).toEqual(told);
    // As the very next request after the read, in the same activity.
    const { messages } = await scene.holdfast.sessions.messages({ sessionId: scene.sessionId });
    expect(messages.map(({ role }) => role).slice(2, 6)).toEqual(["user", "assistant", "system", "assistant"]);
  });

  it("of a folder count on in another process: they are told no second time, and what becomes of them is", async () => {
    await using scene = await setScene({
      "repo/app/AGENTS.md": "Use tabs.",
      "repo/app/src/AGENTS.md": "No default exports.",
      "repo/app/src/a.ts": "a",
    });
    await scene.turn("src/a.ts");
    const baseline = await scene.baseline();
    const told = ["Instructions from src/AGENTS.md, for the files in src/:\n\nNo default exports."];
    await scene.restart();
    await scene.turn();
    expect(await scene.updates()).toEqual(told);
    await scene.write("repo/app/src/AGENTS.md", "Default exports.");
    await scene.restart();
    await scene.turn();
    await rm(join(scene.directory, "src/AGENTS.md"));
    await scene.restart();
    await scene.turn();
    expect(await scene.updates()).toEqual([
      ...told,
      "The instructions in src/AGENTS.md have changed. They are now:\n\nDefault exports.",
      "The instructions in src/AGENTS.md are gone, and no longer count.",
    ]);
    expect(await scene.baseline()).toBe(baseline);
  });

  it("that change or go are told so, and one that cannot be read keeps counting", async () => {
    const files = { ...nodeFileSystem };
    await using scene = await setScene({ "repo/app/AGENTS.md": "Use tabs." }, { fileSystem: files });
    await scene.turn();
    const before = await scene.baseline();
    files.stat = async (path) => {
      if (path.endsWith("AGENTS.md")) throw Object.assign(new Error("not now"), { code: "EIO" });
      return nodeFileSystem.stat(path);
    };
    await scene.turn();
    expect(await scene.updates()).toEqual([]);
    files.stat = (path) => nodeFileSystem.stat(path);
    await scene.write("repo/app/AGENTS.md", "Use spaces, always.");
    await scene.turn();
    await rename(join(scene.directory, "AGENTS.md"), join(scene.directory, "old.md"));
    await scene.turn();
    expect(await scene.updates()).toEqual([
      "The instructions in AGENTS.md have changed. They are now:\n\nUse spaces, always.",
      "The instructions in AGENTS.md are gone, and no longer count.",
    ]);
    expect(await scene.baseline()).toBe(before);
  });

  it("that lead out of the repository through a link are not shown, nor what the rules deny to read", async () => {
    await using scene = await setScene(
      { "secret.txt": "The key.", "repo/app/src/AGENTS.md": "Denied.", "repo/app/src/a.ts": "a" },
      { rules: [{ action: "read", resource: "src/AGENTS.md", effect: "deny" }] },
    );
    await symlink(join(scene.folder, "secret.txt"), join(scene.directory, "AGENTS.md"));
    await scene.turn("src/a.ts");
    expect(await scene.baseline()).not.toContain("The key.");
    expect(await scene.updates()).toEqual([]);
  });

  it("are read once, and looked at from then on, as long as they are the same file", async () => {
    let opened = 0;
    const files = {
      ...nodeFileSystem,
      openRead: (path: string) => {
        opened += 1;
        return nodeFileSystem.openRead(path);
      },
    };
    await using scene = await setScene({ "repo/app/AGENTS.md": "Use tabs." }, { fileSystem: files });
    await scene.turn();
    await scene.turn();
    expect(opened).toBe(1);
    // Of the same size, and with an older time than before.
    const path = join(scene.directory, "AGENTS.md");
    const { mtime } = await stat(path);
    await writeFile(path, "Use nabs.");
    await utimes(path, mtime, new Date(mtime.getTime() - 5_000));
    await scene.turn();
    expect(opened).toBe(2);
    expect(await scene.updates()).toHaveLength(1);
  });
});

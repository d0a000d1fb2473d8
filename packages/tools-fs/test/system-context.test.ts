import { mkdtemp, realpath, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { nodeFileSystem } from "../src/node-file-system.ts";
import { setScene } from "./repository-scene.ts";

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

  it("stay told however many other folders are read, and of those the ones that were read last are looked at", async () => {
    const all = Array.from({ length: 25 }, (_, index) => `a${index}/b/c/d/e`);
    const last = all.at(-1) ?? "";
    await using scene = await setScene({
      "repo/app/zzz/AGENTS.md": "Z rules.",
      "repo/app/zzz/f.ts": "x",
      ...Object.fromEntries(all.map((folder) => [`repo/app/${folder}/f.ts`, "x"])),
      [`repo/app/${last}/AGENTS.md`]: "Deep rules.",
    });
    await scene.turn("zzz/f.ts");
    await scene.turn(...all.map((folder) => `${folder}/f.ts`));
    expect(await scene.updates()).toEqual([
      "Instructions from zzz/AGENTS.md, for the files in zzz/:\n\nZ rules.",
      `Instructions from ${last}/AGENTS.md, for the files in ${last}/:\n\nDeep rules.`,
    ]);
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

  it("that are a link to a file are shown where the rules let that file be read, and not where they deny it", async () => {
    await using scene = await setScene(
      { "repo/app/.env": "TOKEN=hunter2", "repo/rules.md": "Use tabs.", "repo/app/src/a.ts": "a" },
      { rules: [{ action: "read", resource: ".env", effect: "deny" }] },
    );
    await symlink(join(scene.directory, ".env"), join(scene.directory, "AGENTS.md"));
    await symlink(join(scene.folder, "repo/rules.md"), join(scene.directory, "src/AGENTS.md"));
    await scene.turn("src/a.ts");
    expect(await scene.baseline()).not.toContain("hunter2");
    expect(await scene.updates()).toEqual(["Instructions from src/AGENTS.md, for the files in src/:\n\nUse tabs."]);
    // What may be shown becomes another file.
    await rm(join(scene.directory, "src/AGENTS.md"));
    await symlink(join(scene.directory, ".env"), join(scene.directory, "src/AGENTS.md"));
    await scene.turn();
    expect((await scene.updates()).slice(1)).toEqual([
      "The instructions in src/AGENTS.md are gone, and no longer count.",
    ]);
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

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { expect } from "vitest";

import { it } from "./law.ts";
import { codeOf, setStage } from "./stage.ts";

import type { FacadeSubject } from "./facade-subject.ts";

/** What a host offers to choose from: models, and the files of a Location. */
export const describeHost = (subject: FacadeSubject): void => {
  it("the models are the default and those that the host lists, each once, without those that it does not know", async () => {
    const models = [
      { ref: { id: "large" }, title: "The large one" },
      { ref: { id: "default" }, title: "The usual one" },
      { ref: { id: "large" } },
      { ref: { id: "unknown" } },
      { ref: { id: "large", provider: "elsewhere" } },
    ];
    await using stage = await setStage(subject, { script: [], models });
    expect(await stage.holdfast.models.list()).toEqual([
      { ref: { id: "default" }, title: "The usual one", isDefault: true, agents: [] },
      { ref: { id: "large" }, title: "The large one", isDefault: false, agents: [] },
      { ref: { id: "large", provider: "elsewhere" }, isDefault: false, agents: [] },
    ]);
  });

  it("a Location's files are listed by name and kind, and links out of it are told as links alone", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { directory } = stage;
    const { locations } = stage.holdfast;
    await mkdir(join(directory, "src", "deep"), { recursive: true });
    await writeFile(join(directory, "src", "b.ts"), "");
    await writeFile(join(directory, "a.txt"), "");
    await symlink("src", join(directory, "inside"));
    await symlink(tmpdir(), join(directory, "outside"));
    await symlink("nowhere", join(directory, "broken"));
    expect(await locations.files({ directory })).toEqual({
      path: "",
      entries: [
        { name: "a.txt", kind: "file" },
        { name: "broken", kind: "link" },
        { name: "inside", kind: "directory" },
        { name: "outside", kind: "link" },
        { name: "src", kind: "directory" },
      ],
      truncated: false,
    });
    const src = {
      path: "src",
      entries: [
        { name: "b.ts", kind: "file" },
        { name: "deep", kind: "directory" },
      ],
      truncated: false,
    };
    expect(await locations.files({ directory, path: "src" })).toEqual(src);
    expect(await locations.files({ directory, path: "inside/deep/.." })).toEqual(src);
  });

  it("a path that leads out of the Location is refused, by dots, by a root or by a link, whether or not there is anything", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { directory } = stage;
    const { locations } = stage.holdfast;
    const outside = await mkdtemp(join(tmpdir(), "holdfast-outside-"));
    try {
      await symlink(outside, join(directory, "link"));
      await writeFile(join(directory, "a.txt"), "");
      const code = (path: string): Promise<unknown> => codeOf(locations.files({ directory, path }));
      for (const path of [
        "..",
        "../nobody",
        "a/../../b",
        outside,
        "/nobody",
        "link",
        "link/nobody",
        `../${basename(outside)}`,
      ]) {
        expect([path, await code(path)]).toEqual([path, "location.path-outside"]);
      }
      for (const path of ["nobody", "a.txt", "a.txt/b", "a\0b"]) {
        expect([path, await code(path)]).toEqual([path, "location.path-not-found"]);
      }
      expect(await codeOf(locations.files({ directory: join(directory, "nobody") }))).toBe("location.not-found");
      expect(await codeOf(locations.files({ directory, path: "x".repeat(5_000) }))).toBe("argument.invalid");
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it("of a directory with many files a bounded list is told, and that there are more", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { directory } = stage;
    const names = Array.from({ length: 1_001 }, (_, index) => `f${index}`);
    await Promise.all(names.map((name) => writeFile(join(directory, name), "")));
    const { entries, truncated } = await stage.holdfast.locations.files({ directory });
    expect([entries.length, truncated]).toEqual([1_000, true]);
    await rm(join(directory, "f0"));
    expect(await stage.holdfast.locations.files({ directory })).toMatchObject({ truncated: false });
  });
};

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { discoverSkills } from "../src/skills/discover-skills.ts";
import { parseSkill } from "../src/skills/parse-skill.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

const skillText = (description: string, name?: string) =>
  `---\n${name === undefined ? "" : `name: ${name}\n`}description: ${description}\n---\nDo it.\n`;

const discover = (folders: readonly string[], base: string) =>
  discoverSkills(folders, { base, signal: new AbortController().signal });

describe("a skill's file", () => {
  it.each([
    ["a plain description", "---\ndescription: Deploys\n---\nRun it.\n", "Deploys", "Run it.\n"],
    [
      "a folded description",
      "---\ndescription: >\n  Deploys\n  and checks\n---\nRun it.",
      "Deploys and checks",
      "Run it.",
    ],
    [
      "Windows line ends and a byte order mark",
      "\uFEFF---\r\ndescription: Deploys\r\n---\r\nRun it.",
      "Deploys",
      "Run it.",
    ],
    ["fields of others", "---\ndescription: Deploys\nlicense: MIT\n---\n", "Deploys", ""],
  ])("is read with %s", (...[, text, description, body]) => {
    expect(parseSkill(text)).toMatchObject({ ok: true, description, body });
  });

  it.each([
    ["without a head", "Just text"],
    ["whose head does not end", "---\ndescription: Deploys\n"],
    ["whose head is no YAML", "---\ndescription: [\n---\n"],
    ["without a description", "---\nname: deploy\n---\n"],
    ["with an empty description", '---\ndescription: " "\n---\n'],
    ["with a description that is too long", `---\ndescription: ${"x".repeat(1_025)}\n---\n`],
    [
      "with aliases that grow without bound",
      `---\na: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\ndescription: d\n---\n`,
    ],
  ])("%s is refused with a reason", (_, text) => {
    const parsed = parseSkill(text);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? "" : parsed.reason).not.toBe("");
  });
});

describe("skills", () => {
  it("are found as folders and as files, by the name that their head or their place gives", async () => {
    await using folder = await temporaryFolder();
    write(join(folder.path, "skills/deploy/SKILL.md"), skillText("Deploys"));
    write(join(folder.path, "skills/other/SKILL.md"), skillText("Reviews", "review"));
    write(join(folder.path, "skills/notes.md"), skillText("Takes notes"));
    write(join(folder.path, "skills/plain/README.md"), "no skill");
    const { skills, refused } = await discover(["skills"], folder.path);
    expect([...skills.keys()]).toEqual(["deploy", "notes", "review"]);
    expect(skills.get("deploy")?.directory).toBe(join(folder.path, "skills/deploy"));
    expect(refused).toEqual([]);
  });

  it("of a later folder win, and a folder that is not there holds none", async () => {
    await using folder = await temporaryFolder();
    write(join(folder.path, "one/deploy/SKILL.md"), skillText("First"));
    write(join(folder.path, "two/deploy/SKILL.md"), skillText("Second"));
    const { skills } = await discover(["one", "nowhere", "two"], folder.path);
    expect(skills.get("deploy")?.description).toBe("Second");
  });

  it.each(["../up", "Up", "a b", "", "-a", "x".repeat(65)])("are refused under the name %j", async (name) => {
    await using folder = await temporaryFolder();
    write(join(folder.path, "skills/deploy/SKILL.md"), skillText("Deploys", JSON.stringify(name)));
    const { skills, refused } = await discover(["skills"], folder.path);
    expect(skills.size).toBe(0);
    expect(refused).toHaveLength(1);
  });

  it("that lead out of their folder by a link are refused, and the others are found", async () => {
    await using folder = await temporaryFolder();
    write(join(folder.path, "secret/SKILL.md"), skillText("Secret"));
    write(join(folder.path, "skills/deploy/SKILL.md"), skillText("Deploys"));
    symlinkSync(join(folder.path, "secret"), join(folder.path, "skills/secret"));
    const { skills, refused } = await discover(["skills"], folder.path);
    expect([...skills.keys()]).toEqual(["deploy"]);
    expect(refused).toMatchObject([{ reason: "it leads out of its folder" }]);
  });

  it("that are too long, or no files, are refused", async () => {
    await using folder = await temporaryFolder();
    write(join(folder.path, "skills/long/SKILL.md"), skillText("Long") + "x".repeat(256 * 1024));
    mkdirSync(join(folder.path, "skills/folder/SKILL.md"), { recursive: true });
    const { skills, refused } = await discover(["skills"], folder.path);
    expect(skills.size).toBe(0);
    expect(refused).toHaveLength(2);
  });

  it("are 200 at most, and the rest is refused", async () => {
    await using folder = await temporaryFolder();
    for (let index = 0; index < 203; index++) write(join(folder.path, `skills/s${index}.md`), skillText("One of many"));
    const { skills, refused } = await discover(["skills"], folder.path);
    expect(skills.size).toBe(200);
    expect(refused).toHaveLength(3);
  });
});

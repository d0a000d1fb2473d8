import { readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";

import { openPluginStage } from "@holdfast/testkit";
import { createGuardedFetch } from "@holdfast/tools-web";
import { describe, expect, it } from "vitest";

import { sessionTools } from "../src/index.ts";
import { RemoteSkills } from "../src/skills/remote-skills.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { AddressInfo } from "node:net";
import type { JsonValue } from "@holdfast/core";

const { signal } = new AbortController();
const deploy = "---\ndescription: Deploys\n---\nPush the button.\n";

/** A server of files, and the skills that are fetched from it over the guarded fetch. */
const openRemote = async (files: Record<string, string>) => {
  const folder = await temporaryFolder();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const text = files[request.url ?? ""];
    if (text?.startsWith("-> ") === true) response.writeHead(302, { location: text.slice(3) }).end();
    else response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { fetchText } = createGuardedFetch({ privateHosts: [`127.0.0.1:${port}`] });
  const options = { indexes: [`http://127.0.0.1:${port}/skills/index.json`], fetchText, cacheDirectory: folder.path };
  return {
    options,
    asked,
    load: () => new RemoteSkills(options).load(signal),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
};

const refuse = () => {
  throw new Error("denied");
};

const index = (...skills: readonly JsonValue[]) => JSON.stringify({ skills });

describe("remote skills", () => {
  it("are fetched with their files, and kept by their content", async () => {
    const files: Record<string, string> = {
      "/skills/index.json": index({ name: "deploy", files: ["SKILL.md", "scripts/run.sh"] }),
      "/skills/deploy/SKILL.md": deploy,
      "/skills/deploy/scripts/run.sh": "echo 1",
    };
    await using remote = await openRemote(files);
    const { skills, refused } = await remote.load();
    expect(refused).toEqual([]);
    expect(skills).toMatchObject([{ name: "deploy", description: "Deploys", instructions: "Push the button.\n" }]);
    const directory = skills[0]?.directory ?? "";
    expect(readFileSync(join(directory, "scripts/run.sh"), "utf8")).toBe("echo 1");
    writeFileSync(join(directory, "scripts/run.sh"), "echo changed by somebody");
    expect((await remote.load()).skills[0]?.directory).toBe(directory);
    expect(readFileSync(join(directory, "scripts/run.sh"), "utf8")).toBe("echo 1");
    files["/skills/deploy/scripts/run.sh"] = "echo 2";
    expect((await remote.load()).skills[0]?.directory).not.toBe(directory);
  });

  it.each([
    "../SKILL.md",
    "a/../../x",
    "%2e%2e/x",
    "..%2fx",
    "/etc/passwd",
    "//other.example/x",
    "https://other.example/x",
    "C:\\x",
    "a\\..\\x",
    "a?b",
    "a#b",
    "a\0b",
    ".hidden",
    "a//b",
    "",
    "a/",
    "x".repeat(201),
    "skill.md",
  ])("with a file named %j are refused without fetching anything of them", async (file) => {
    await using remote = await openRemote({
      "/skills/index.json": index({ name: "deploy", files: ["SKILL.md", file] }),
    });
    const { skills, refused } = await remote.load();
    expect(skills).toEqual([]);
    expect(refused).toHaveLength(1);
    expect(remote.asked).toEqual(["/skills/index.json"]);
  });

  it.each(["../up", "Up", "a b", "", "a/b", "%2e%2e", "x".repeat(65)])(
    "named %j are refused without fetching",
    async (name) => {
      await using remote = await openRemote({ "/skills/index.json": index({ name, files: ["SKILL.md"] }) });
      expect(await remote.load()).toMatchObject({ skills: [], refused: [{}] });
      expect(remote.asked).toEqual(["/skills/index.json"]);
    },
  );

  it("are refused where a file leads to another origin, is missing, or too large; the others are there", async () => {
    await using remote = await openRemote({
      "/skills/index.json": index(
        { name: "away", files: ["SKILL.md"] },
        { name: "gone", files: ["SKILL.md"] },
        { name: "large", files: ["SKILL.md"] },
        { name: "deploy", files: ["SKILL.md"] },
      ),
      "/skills/away/SKILL.md": "-> http://localhost:1/x",
      "/skills/large/SKILL.md": deploy + "x".repeat(256 * 1024),
      "/skills/deploy/SKILL.md": deploy,
    });
    const { skills, refused } = await remote.load();
    expect(skills.map(({ name }) => name)).toEqual(["deploy"]);
    expect(refused).toHaveLength(3);
  });

  it("are as they were last where the index cannot be fetched any more", async () => {
    const files: Record<string, string> = {
      "/skills/index.json": index({ name: "deploy", files: ["SKILL.md"] }),
      "/skills/deploy/SKILL.md": deploy,
    };
    await using remote = await openRemote(files);
    let now = 0;
    const skills = new RemoteSkills(remote.options, () => now);
    await skills.load(signal);
    files["/skills/index.json"] = "no JSON";
    now += 4 * 60_000;
    expect(await skills.load(signal)).toMatchObject({ skills: [{ name: "deploy" }], refused: [] });
    expect(remote.asked).toHaveLength(2);
    now += 2 * 60_000;
    expect(await skills.load(signal)).toMatchObject({
      skills: [{ name: "deploy" }],
      refused: [{ file: remote.options.indexes[0] }],
    });
  });

  it("are as they were last where the index takes too long, whatever came of it", async () => {
    const two = index({ name: "deploy", files: ["SKILL.md"] }, { name: "slow", files: ["SKILL.md"] });
    const files: Record<string, string> = { "/skills/index.json": two, "/skills/deploy/SKILL.md": deploy };
    await using remote = await openRemote(files);
    const { fetchText } = remote.options;
    let now = 0;
    let isSlow = false;
    const slowly: typeof fetchText = async (url, options) => {
      if (!isSlow || !url.includes("/slow/")) return fetchText(url, options);
      return new Promise((_, reject) => {
        options.signal.addEventListener("abort", () => reject(options.signal.reason as Error));
      });
    };
    const skills = new RemoteSkills({ ...remote.options, fetchText: slowly }, () => now, 500);
    await skills.load(signal);
    isSlow = true;
    files["/skills/deploy/SKILL.md"] = deploy.replace("Deploys", "Changed");
    now += 6 * 60_000;
    expect(await skills.load(signal)).toMatchObject({
      skills: [{ name: "deploy", description: "Deploys" }],
      refused: [{ file: remote.options.indexes[0], reason: "it took more than 0.5 s" }],
    });
  });

  it("with a head of more than 8 KiB are refused before it is read", async () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `k${at}: 1\n`).join("");
    await using remote = await openRemote({
      "/skills/index.json": index({ name: "deploy", files: ["SKILL.md"] }),
      "/skills/deploy/SKILL.md": deploy.replace("---\n", `---\n${keys}`),
    });
    expect(await remote.load()).toMatchObject({
      skills: [],
      refused: [{ reason: "its head has more than 8192 bytes" }],
    });
  });

  it("are told of once they were fetched, and nobody waits for them", async () => {
    await using remote = await openRemote({
      "/skills/index.json": index({ name: "deploy", files: ["SKILL.md"] }),
      "/skills/deploy/SKILL.md": deploy,
    });
    const skills = new RemoteSkills(remote.options);
    expect(skills.glance(signal)).toEqual([]);
    await skills.settled();
    expect(skills.glance(signal)).toMatchObject([{ name: "deploy" }]);
    expect(remote.asked).toHaveLength(2);
  });

  it("with more than 50 files are refused, and so is the 51st of an index", async () => {
    const many = Array.from({ length: 50 }, (_, at) => ({
      name: `s${at}`,
      files: Array.from({ length: 51 }, (__, file) => `f${file}`),
    }));
    await using remote = await openRemote({
      "/skills/index.json": index(...many, { name: "last", files: ["SKILL.md"] }),
    });
    const { refused } = await remote.load();
    expect(refused.map(({ reason }) => reason)).toEqual([
      ...many.map(() => "it has more than 50 files"),
      "there are 50 before it",
    ]);
  });

  it("are loaded by the tool, after permission, and a folder's own count before them", async () => {
    await using remote = await openRemote({
      "/skills/index.json": index({ name: "deploy", files: ["SKILL.md"] }),
      "/skills/deploy/SKILL.md": deploy,
    });
    await using stage = await openPluginStage(
      sessionTools({ skills: { folders: ["skills"], remote: remote.options } }),
    );
    await expect(stage.call("skill", { name: "deploy" }, { permit: refuse })).rejects.toThrow("denied");
    expect(remote.asked).toEqual([]);
    expect((await stage.call("skill", { name: "deploy" })).content).toContain("Push the button.");
  });
});

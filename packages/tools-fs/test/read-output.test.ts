import { describe, expect, it } from "vitest";

import { Denied, failureOf, Stage } from "./harness.ts";

const keep = (stage: Stage, text: string) => stage.outputs.keep(Buffer.from(text));
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join("");

describe("read of a kept output", () => {
  it("pages through it as through a file, to its last line", async () => {
    using stage = new Stage();
    const path = await keep(stage, numbered(30_000));
    const seen: string[] = [];
    for (let offset: number | undefined = 1; offset !== undefined;) {
      const page: { text: string; next?: number } = await stage.run("read", { path, offset });
      seen.push(...page.text.split("\n"));
      offset = page.next;
    }
    expect(seen).toEqual(numbered(30_000).trimEnd().split("\n"));
  });

  it("continues a long line of it", async () => {
    using stage = new Stage();
    const path = await keep(stage, `${"€".repeat(60_000)}\nlast\0`);
    expect(await stage.show("read", { path, lineOffset: 179_997 })).toBe(
      "€\n\n(Line 1 from byte 179997, its end; go on with offset 2.)",
    );
    expect(await stage.show("read", { path, offset: 2 })).toContain("last\uFFFD");
  });

  it("is asked for under its own reference, and looks at nothing before", async () => {
    using stage = new Stage();
    const path = await keep(stage, "text");
    stage.rules = [
      { action: "*", resource: "*", effect: "allow" },
      { action: "read", resource: "tool-output://*", effect: "deny" },
    ];
    const other = path.replace(/\d+$/, "7");
    for (const reference of [path, other]) await expect(stage.run("read", { path: reference })).rejects.toThrow(Denied);
    expect(stage.asked).toEqual([`read ${path}`, `read ${other}`]);
  });

  it("refuses what is another session's or not there, and what is no reference", async () => {
    using stage = new Stage();
    using others = new Stage();
    await keep(stage, "mine");
    const foreign = await others.outputs.keep(Buffer.from("theirs"));
    const missing = (await keep(stage, "text")).replace(/\d+$/, "9");
    expect(await failureOf(stage.run("read", { path: missing }))).toContain("has no output");
    expect(await failureOf(stage.run("read", { path: foreign }))).toContain("has no output");
    for (const path of ["tool-output://", "tool-output://../../etc/passwd", `${missing}/x`])
      expect(await failureOf(stage.run("read", { path }))).toContain("Expected a reference");
  });
});

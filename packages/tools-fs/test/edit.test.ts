import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Denied, failureOf, Stage } from "./harness.ts";

const read = (stage: Stage, name: string) => readFileSync(stage.join(name), "utf8");

describe("edit", () => {
  it("replaces the one place where the text stands, and answers with a diff", async () => {
    using stage = new Stage();
    stage.write("a.ts", "let a = 1;\nlet b = 2;\nlet c = 3;\n");
    const output = await stage.show("edit", { path: "a.ts", oldText: "let b = 2;", newText: "const b = 2;" });
    expect(read(stage, "a.ts")).toBe("let a = 1;\nconst b = 2;\nlet c = 3;\n");
    expect(output).toBe(
      "Replaced one occurrence in a.ts.\n\n--- a.ts\n+++ a.ts\n@@ -1,3 +1,3 @@\n let a = 1;\n-let b = 2;\n+const b = 2;\n let c = 3;\n",
    );
  });

  it("takes both texts literally", async () => {
    using stage = new Stage();
    const newText = "$& $1 $` $' $$ \\n \\1";
    stage.write("a.txt", "before .* after\n");
    await stage.run("edit", { path: "a.txt", oldText: ".*", newText });
    expect(read(stage, "a.txt")).toBe(`before ${newText} after\n`);
  });

  it("takes texts apart and puts them together as a reference does", async () => {
    using stage = new Stage();
    const piece = fc.string({ unit: fc.constantFrom("a", "b", "$", "&", "\n", "é", "😀"), maxLength: 6 });
    const oldPiece = piece.filter((text) => text !== "");
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), oldPiece, piece, async (pieces, oldText, newText) => {
        fc.pre(oldText !== newText);
        const content = pieces.join(oldText);
        stage.write("a.txt", content);
        const count = Array.from({ length: content.length }, (_, at) => at).filter((at) =>
          content.startsWith(oldText, at),
        );
        const once = stage.run("edit", { path: "a.txt", oldText, newText });
        if (count.length !== 1) await failureOf(once);
        else await once;
        const [at = 0] = count;
        const expected = content.slice(0, at) + newText + content.slice(at + oldText.length);
        expect(read(stage, "a.txt")).toBe(count.length === 1 ? expected : content);
        stage.write("a.txt", content);
        const all = stage.run("edit", { path: "a.txt", oldText, newText, replaceAll: true });
        if (count.length === 0) await failureOf(all);
        else await all;
        expect(read(stage, "a.txt")).toBe(content.split(oldText).join(newText));
      }),
      { numRuns: 150 },
    );
  });

  it("refuses a text that stands in several places, and names their lines", async () => {
    using stage = new Stage();
    stage.write("a.txt", "x\ny\nx\n");
    const message = await failureOf(stage.run("edit", { path: "a.txt", oldText: "x", newText: "z" }));
    expect(message).toContain("2 places in a.txt, at lines 1, 3.");
    expect(read(stage, "a.txt")).toBe("x\ny\nx\n");
    await stage.run("edit", { path: "a.txt", oldText: "x", newText: "z", replaceAll: true });
    expect(read(stage, "a.txt")).toBe("z\ny\nz\n");
  });

  it("refuses a text whose places overlap", async () => {
    using stage = new Stage();
    stage.write("a.txt", "aaa");
    expect(await failureOf(stage.run("edit", { path: "a.txt", oldText: "aa", newText: "b" }))).toContain("2 places");
  });

  it("names the nearest lines where the text does not stand in the file", async () => {
    using stage = new Stage();
    stage.write("a.ts", "import x from 'x';\n\nexport const total = (values) => {\n  return 0;\n};\n");
    const oldText = "export const total = (value) => {\n  return 0;";
    const message = await failureOf(stage.run("edit", { path: "a.ts", oldText, newText: "z" }));
    expect(message).toContain("3: export const total = (values) => {");
    const other = await failureOf(stage.run("edit", { path: "a.ts", oldText: "~~~~~~", newText: "z" }));
    expect(other).toContain("Nothing in it comes near");
  });

  it("answers a failed edit of a large file in time", async () => {
    using stage = new Stage();
    stage.write("a.txt", "const value = compute(input, options);\n".repeat(200_000));
    const startedAt = performance.now();
    await failureOf(
      stage.run("edit", { path: "a.txt", oldText: "const value = compute(input, option)", newText: "z" }),
    );
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it("answers an edit of very many places in time", async () => {
    using stage = new Stage();
    stage.write("a.txt", "const value = compute(input, options);\n".repeat(50_000));
    const startedAt = performance.now();
    const output = await stage.show("edit", { path: "a.txt", oldText: "value", newText: "it", replaceAll: true });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(output.length).toBeLessThan(10_000);
  });

  it.each([
    ["empty", { oldText: "", newText: "x" }],
    ["the same as the new one", { oldText: "x", newText: "x" }],
    ["half of a character", { oldText: "\uD83D", newText: "x" }],
  ])("refuses an old text that is %s, before anybody is asked", async (_name, texts) => {
    using stage = new Stage();
    stage.write("a.txt", "x");
    await expect(stage.run("edit", { path: "a.txt", ...texts })).rejects.toThrow();
    expect(stage.asked).toEqual([]);
  });
});

describe("edit keeps", () => {
  it("the line ends of a file that has carriage returns", async () => {
    using stage = new Stage();
    stage.write("a.txt", "one\r\ntwo\r\nthree\r\n");
    await stage.run("edit", { path: "a.txt", oldText: "one\ntwo", newText: "1\n2\n2.5" });
    expect(read(stage, "a.txt")).toBe("1\r\n2\r\n2.5\r\nthree\r\n");
  });

  it("the line ends of a file that has none, whatever the texts have", async () => {
    using stage = new Stage();
    stage.write("a.txt", "one\ntwo\n");
    await stage.run("edit", { path: "a.txt", oldText: "one\r\ntwo", newText: "1\r\n2" });
    expect(read(stage, "a.txt")).toBe("1\n2\n");
  });

  it("both kinds of line ends in a file that has both", async () => {
    using stage = new Stage();
    stage.write("a.txt", "one\r\ntwo\nthree");
    await stage.run("edit", { path: "a.txt", oldText: "one\r\ntwo", newText: "1\r\n2" });
    expect(read(stage, "a.txt")).toBe("1\r\n2\nthree");
  });

  it("one byte order mark", async () => {
    using stage = new Stage();
    stage.write("a.txt", "\uFEFFone\n");
    await stage.run("edit", { path: "a.txt", oldText: "one", newText: "two" });
    expect(read(stage, "a.txt")).toBe("\uFEFFtwo\n");
  });

  it("the file's mode, and a link that leads to it", async () => {
    using stage = new Stage();
    stage.write("run.sh", "echo old\n");
    chmodSync(stage.join("run.sh"), 0o751);
    symlinkSync("run.sh", stage.join("link.sh"));
    await stage.run("edit", { path: "link.sh", oldText: "old", newText: "new" });
    expect(read(stage, "run.sh")).toBe("echo new\n");
    expect(statSync(stage.join("run.sh")).mode & 0o7777).toBe(0o751);
    expect(lstatSync(stage.join("link.sh")).isSymbolicLink()).toBe(true);
  });

  it("nothing beside the file", async () => {
    using stage = new Stage();
    stage.write("a.txt", "x");
    await stage.run("edit", { path: "a.txt", oldText: "x", newText: "y" });
    expect(readdirSync(stage.directory)).toEqual(["a.txt"]);
  });
});

describe("edit refuses", () => {
  it("a file that changed since the edit was prepared", async () => {
    using stage = new Stage();
    stage.write("a.txt", "x\n");
    const call = await stage.prepare("edit", { path: "a.txt", oldText: "x", newText: "y" });
    writeFileSync(stage.join("a.txt"), "x\nmore\n");
    expect(await failureOf(call.execute())).toContain("read it again");
    expect(read(stage, "a.txt")).toBe("x\nmore\n");
  });

  it("one of two edits of a file that were prepared together, and loses neither", async () => {
    using stage = new Stage();
    stage.write("a.txt", "one two\n");
    const calls = [
      await stage.prepare("edit", { path: "a.txt", oldText: "one", newText: "1" }),
      await stage.prepare("edit", { path: "a.txt", oldText: "two", newText: "2" }),
    ];
    const settled = await Promise.allSettled(calls.map((call) => call.execute()));
    expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(["1 two\n", "one 2\n"]).toContain(read(stage, "a.txt"));
  });

  it("a directory, and what is no text", async () => {
    using stage = new Stage();
    stage.write("a.bin", "x\0y");
    expect(await failureOf(stage.run("edit", { path: ".", oldText: "x", newText: "y" }))).toContain("only files");
    expect(await failureOf(stage.run("edit", { path: "a.bin", oldText: "x", newText: "y" }))).toContain("no text");
  });

  it("a file of more than 10 MiB, and one that would become that", async () => {
    using stage = new Stage();
    stage.write("large.txt", Buffer.alloc(10 * 1024 * 1024 + 1, "x"));
    stage.write("a.txt", "x".repeat(10_000));
    const message = await failureOf(stage.run("edit", { path: "large.txt", oldText: "x", newText: "y" }));
    expect(message).toContain("larger than 10485760 bytes");
    const input = { path: "a.txt", oldText: "x", newText: "y".repeat(100_000), replaceAll: true };
    expect(await failureOf(stage.run("edit", input))).toContain("would become larger");
  });

  it("to read or to change anything after its signal aborted", async () => {
    using stage = new Stage();
    stage.write("a.txt", "x");
    const controller = new AbortController();
    const call = await stage.prepare("edit", { path: "a.txt", oldText: "x", newText: "y" }, controller.signal);
    const reason = new Error("stop");
    controller.abort(reason);
    await expect(call.execute()).rejects.toBe(reason);
    expect(read(stage, "a.txt")).toBe("x");
    expect(readdirSync(stage.directory)).toEqual(["a.txt"]);
  });
});

it("the effect of an edit is small, and says what the file was and will be", async () => {
  using stage = new Stage();
  stage.write("a.txt", "x".repeat(100_000));
  const input = { path: "a.txt", oldText: "x".repeat(100_000), newText: "y" };
  const { effect } = await stage.prepare("edit", input);
  expect(effect).toMatchObject({ path: "a.txt", kind: "file", before: expect.any(String) as string });
  expect(effect).toHaveProperty("after", "a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa");
  expect(JSON.stringify(effect).length).toBeLessThan(500);
});

it("a denied edit changes nothing", async () => {
  using stage = new Stage();
  stage.write("a.txt", "x");
  stage.rules = [{ action: "edit", resource: "*", effect: "deny" }];
  await expect(stage.run("edit", { path: "a.txt", oldText: "x", newText: "y" })).rejects.toThrow(Denied);
  expect(read(stage, "a.txt")).toBe("x");
});

import { readdirSync } from "node:fs";
import { matchesGlob } from "node:path/posix";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { GlobPattern, splitGlob } from "./glob-pattern.ts";

describe("a pattern", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["*.ts", ["a.ts", "src/a.ts", "a/b/c.ts"], ["a.tsx", "ts", "a.ts/b"]],
    ["src/*.ts", ["src/a.ts"], ["src/a/b.ts", "a/src/b.ts"]],
    ["./src/*.ts", ["src/a.ts"], ["src/a/b.ts"]],
    ["src/**/*.ts", ["src/a.ts", "src/a/b/c.ts"], ["a.ts", "src/a.js"]],
    ["**/test/**", ["test/a", "a/test/b/c"], ["tests/a"]],
    ["**", ["a", "a/b"], []],
    ["a/**", ["a/b", "a/b/c"], ["b/a"]],
    ["?.js", ["a.js", "x/b.js"], ["ab.js", ".js"]],
    ["[a-c]?[!0-9].md", ["b1x.md"], ["d1x.md", "b11.md"]],
    ["*.{ts,t{s,}x}", ["a.ts", "a.tsx", "a.tx"], ["a.t"]],
    ["{src,test}/*.ts", ["src/a.ts", "test/b.ts"], ["lib/a.ts"]],
    [String.raw`\*.ts`, ["*.ts"], ["a.ts"]],
    [String.raw`\{a,b\}`, ["{a,b}"], ["a", "b"]],
    ["a**b", ["ab", "axxb"], ["a/b"]],
    ["ä?.txt", ["äö.txt"], ["ä.txt"]],
  ])("%j", (pattern, matching, others) => {
    const glob = new GlobPattern(pattern);
    expect(matching.filter((path) => !glob.matches(path))).toEqual([]);
    expect(others.filter((path) => glob.matches(path))).toEqual([]);
  });

  it("matches what Node's own patterns match, for names without dots at their beginning", () => {
    const pieces = fc.constantFrom("a", "b", "*", "?", "/", "**/", "{a,b}", "[ab]");
    const patterns = fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => `a/${parts.join("")}`);
    const paths = fc.array(fc.constantFrom("a", "b", "ab", "ba", "aab"), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(patterns, paths, (pattern, names) => {
        // An empty name is no name, and Node's patterns let some through.
        fc.pre(!pattern.includes("//") && !pattern.endsWith("/") && !/\*\*(?!\/)|[^/]\*\*/.test(pattern));
        const path = names.join("/");
        expect(new GlobPattern(pattern).matches(path)).toBe(matchesGlob(path, pattern));
      }),
    );
  });

  it("takes no longer than its length and a path's allow", () => {
    const path = `${"a".repeat(4_000)}c`;
    const startedAt = performance.now();
    expect(new GlobPattern(`${"*a".repeat(400)}*b`).matches(path)).toBe(false);
    expect(new GlobPattern(`${"**/".repeat(300)}b`).matches("a/".repeat(2_000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it.each(["{a,b", "[ab", "{a,b}".repeat(10)])("that is none, %j, is explained", (pattern) => {
    expect(() => new GlobPattern(pattern)).toThrow(/pattern/);
  });
});

it("the directories that a pattern begins with are a place of their own", () => {
  expect(splitGlob("src/lib/*.ts")).toEqual({ directory: "src/lib", rest: "./*.ts" });
  expect(splitGlob("src/**/*.ts")).toEqual({ directory: "src", rest: "./**/*.ts" });
  expect(splitGlob("*.ts")).toEqual({ directory: "", rest: "*.ts" });
  expect(splitGlob("a/b.ts")).toEqual({ directory: "a", rest: "./b.ts" });
  expect(splitGlob("/x/*.ts")).toEqual({ directory: "/x", rest: "./*.ts" });
  expect(splitGlob("/*.ts")).toEqual({ directory: "/", rest: "./*.ts" });
});

it("a pattern says at most what names look like", () => {
  expect(new GlobPattern("src/**/*.{ts,tsx}").nameGlob).toBe("*.{ts,tsx}");
  expect(new GlobPattern("**").nameGlob).toBeUndefined();
  expect(new GlobPattern("{a/b,c}").nameGlob).toBeUndefined();
  expect(readdirSync(import.meta.dirname).some((name) => new GlobPattern("glob-*.ts").matches(name))).toBe(true);
});

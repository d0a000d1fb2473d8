import { evaluate } from "@holdfast/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { alwaysPatterns } from "../src/command/always-patterns.ts";
import { commandPermissions } from "../src/command/command-permissions.ts";
import { parseBash } from "../src/command/parse-bash.ts";

const place = { directory: "/work/here", workdir: "/work/here", parse: parseBash };
const permissionsOf = (text: string) => commandPermissions(text, place);
const characters = Array.from("$({`'\"\\ \n;|&<>[]*a=#!}))");
const script = (text: string) => `script(${text})`;

describe("each command is a resource, written in one way", () => {
  it.each<[string, readonly string[]]>([
    ["git push origin main", ["git push origin main"]],
    ["  git   push\torigin  main ", ["git push origin main"]],
    ["git 'push' \"origin\" ma\\in", ["git push origin main"]],
    ["g'i't push", ["git push"]],
    ["git pu\\\nsh origin", ["git push origin"]],
    ["git \\\n  push", ["git push"]],
    ["git $'pu\\x73h'", ["git push"]],
    ["git status # git push", ["git status"]],
    ["git commit -m 'two words'", ["git commit -m 'two words'"]],
    ['git commit -m "it\'s"', ["git commit -m 'it'\\''s'"]],
    ["echo ''", ["echo ''"]],
    ["a; b\nc & d && e || f | g |& h", ["a", "b", "c", "d", "e", "f", "g", "h"]],
    ["(a; { b; }) && ! c", ["a", "b", "c"]],
    ["if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]],
    ["while a; do b; done", ["a", "b"]],
    ["time npm test", ["npm test"]],
    ["npm test || true", ["npm test"]],
    ["set -euo pipefail; npm test", ["npm test"]],
    ["npm test; npm test", ["npm test"]],
    ["true", ["true"]],
    ["ls *.ts src/?.js [ab]c", ["ls *.ts src/?.js [ab]c"]],
    ["ls '*.ts'", ["ls '*.ts'"]],
    ["ls ~/x '~/x'", ["ls ~/x '~/x'"]],
    ["FOO=1 BAR='a b' npm test", ["FOO=1 BAR='a b' npm test"]],
    ["'FOO=1' npm", ["'FOO=1' npm"]],
    ["/usr/bin/git status", ["/usr/bin/git status"]],
    ["[ -f package.json ] && npm test", ["[ -f package.json ]", "npm test"]],
    ["nohup npm start", ["nohup npm start", "npm start"]],
    ["timeout 5s nice -n 3 npm test", ["timeout 5s nice -n 3 npm test", "nice -n 3 npm test", "npm test"]],
    ["env A=1 git push", ["env A=1 git push", "git push"]],
    ["sudo rm x", ["sudo rm x", "rm x"]],
    ["find . -name '*.o' -exec rm {} \\;", ["find . -name '*.o' -exec rm {} ';'", "rm {}"]],
    ["find . -type f", ["find . -type f"]],
    ["sed -n '1,20p' a.txt | head -3", ["sed -n 1,20p a.txt", "head -3"]],
    ["sed -i 's/a/b/g' a.txt", ["sed -i s/a/b/g a.txt"]],
    ["awk '{print $1}' a.txt", ["awk '{print $1}' a.txt"]],
    ["python -m pytest -x", ["python -m pytest -x"]],
    ["python3 tool.py -c", ["python3 tool.py -c"]],
    ["node --test test/a.js", ["node --test test/a.js"]],
    ["cat <<'E'\n$(rm -rf /)\nE\n", ["cat"]],
  ])("%j", (text, resources) => {
    expect(permissionsOf(text)).toEqual({ bash: resources, edit: [], read: [], isPlain: true });
  });
});

describe("files of redirections are resources of their own", () => {
  it.each<[string, ReturnType<typeof permissionsOf>]>([
    ["echo hi > a.txt", { bash: ["echo hi"], edit: ["a.txt"], read: [], isPlain: true }],
    ["echo hi >> sub/../b 2>&1", { bash: ["echo hi"], edit: ["b"], read: [], isPlain: true }],
    ["npm test &> log 2>/dev/null", { bash: ["npm test"], edit: ["log"], read: [], isPlain: true }],
    ["sort < in >| out", { bash: ["sort"], edit: ["out"], read: ["in"], isPlain: true }],
    ["cat <> both", { bash: ["cat"], edit: ["both"], read: [], isPlain: true }],
    ["> emptied", { bash: [], edit: ["emptied"], read: [], isPlain: true }],
    ["{ a; b; } > out", { bash: ["a", "b"], edit: ["out"], read: [], isPlain: true }],
    ["cat > a <<E\ntext\nE", { bash: ["cat"], edit: ["a"], read: [], isPlain: true }],
    ["echo hi > /etc/passwd", { bash: ["echo hi", "> /etc/passwd"], edit: [], read: [], isPlain: true }],
    ["cat < ../other", { bash: ["cat", "< /work/other"], edit: [], read: [], isPlain: true }],
    ["echo hi > /dev/tcp/host/80", { bash: ["echo hi", "> /dev/tcp/host/80"], edit: [], read: [], isPlain: true }],
  ])("%j", (text, permissions) => {
    expect(permissionsOf(text)).toEqual(permissions);
  });

  it("relative to where the command runs", () => {
    expect(commandPermissions("echo hi > a", { ...place, workdir: "/work/here/sub" }).edit).toEqual(["sub/a"]);
  });
});

describe("what cannot be told from its text", () => {
  it("is asked for as a whole, beside the commands that are seen", () => {
    expect(permissionsOf("rm $(cat list)").bash).toEqual([script("rm $(cat list)"), "rm $(cat list)", "cat list"]);
    expect(permissionsOf("bash -c 'rm -rf x'").bash).toEqual([
      script("bash -c 'rm -rf x'"),
      "bash -c 'rm -rf x'",
      "rm -rf x",
    ]);
    expect(permissionsOf("ls | xargs rm -f").bash).toEqual([script("ls | xargs rm -f"), "ls", "xargs rm -f", "rm -f"]);
    expect(permissionsOf("# nothing").bash).toEqual([script("# nothing")]);
  });

  it("is everything, for a shell that is not read", () => {
    const { bash, isPlain } = commandPermissions("git status", { ...place, parse: undefined });
    expect({ bash, isPlain }).toEqual({ bash: [script("git status")], isPlain: false });
  });

  it("is denied by a rule for a command that is seen in it", () => {
    const rules = [
      { action: "bash", resource: "*", effect: "allow" },
      { action: "bash", resource: "rm *", effect: "deny" },
    ] as const;
    for (const text of [
      "x $(rm -rf y)",
      "bash -c 'rm y'",
      "eval rm y",
      "ls | xargs -n 1 rm",
      "env A=1 rm y",
      "for f in a; do rm $f; done",
    ]) {
      const { bash } = permissionsOf(text);
      expect(bash.map((resource) => evaluate(rules, { action: "bash", resource }).effect)).toContain("deny");
    }
  });

  it("is told of any text without throwing, in time that grows with its length", () => {
    const pieces = [
      "$(",
      "`",
      "((",
      "{ ",
      "a|",
      "<<A ",
      '"$(',
      "${a:-",
      "if ",
      "[[ ( ",
      "$((",
      "a=(",
      "case x in ",
      "eval '",
      "\\`",
    ];
    for (const piece of pieces) {
      const text = piece.repeat(Math.floor(32_768 / piece.length));
      const startedAt = performance.now();
      permissionsOf(text);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    }
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...characters) }), (text) => void permissionsOf(text)));
  });
});

describe("an approval that lasts covers", () => {
  it.each<[string, readonly string[] | undefined]>([
    ["git push origin main", ["git push *"]],
    ["npm run build -- --watch", ["npm run build *"]],
    ["npm test", ["npm test *"]],
    ["ls -l a.txt", ["ls *"]],
    ["git status && git log", ["git status *", "git log *"]],
    ["rm -rf build", ["rm -rf build"]],
    ["sudo apt install x", ["sudo apt install x", "apt install x"]],
    ["rm *.o", undefined],
    ["ls *.o", ["ls *"]],
    ["FOO=1 git push", ["FOO=1 git push"]],
  ])("of %j", (text, patterns) => {
    expect(alwaysPatterns(permissionsOf(text).bash)).toEqual(patterns);
  });
});

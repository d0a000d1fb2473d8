import { evaluate } from "@holdfast/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { commandPermissions } from "../src/command/command-permissions.ts";
import { parseBash } from "../src/command/parse-bash.ts";

const place = { directory: "/work/here", workdir: "/work/here", parse: parseBash };

/** Whether a command would run where these patterns alone are allowed, for commands and files alike. */
const isAllowed = (text: string, patterns: readonly string[]): boolean => {
  const rules = patterns.map((resource) => ({ action: "bash", resource, effect: "allow" }) as const);
  const { bash, edit, read } = commandPermissions(text, place);
  const resources = [...bash, ...edit.map((path) => `> ${path}`), ...read.map((path) => `< ${path}`)];
  return resources.every((resource) => evaluate(rules, { action: "bash", resource }).effect === "allow");
};

// Each with what is allowed, which is not what it runs.
const smuggled: readonly (readonly [string, readonly string[]])[] = [
  ["git status; rm -rf x", ["git *"]],
  ["git status\nrm -rf x", ["git *"]],
  ["git status & rm -rf x", ["git *"]],
  ["git status | rm -rf x", ["git *"]],
  ["git status && rm -rf x", ["git *"]],
  ["git status || rm -rf x", ["git *"]],
  ["(git status; rm -rf x)", ["git *"]],
  ["{ git status; rm -rf x; }", ["git *"]],
  ["git log $(rm -rf x)", ["git *"]],
  ['git log "$(rm -rf x)"', ["git *"]],
  ["git log `rm -rf x`", ["git *"]],
  ['git log "`rm -rf x`"', ["git *"]],
  ["git log $(git log `rm \\`rm x\\``)", ["git *"]],
  ["git log ${x:-$(rm -rf x)}", ["git *"]],
  ["git log $((a[$(rm -rf x)]))", ["git *"]],
  ["git diff <(rm -rf x)", ["git *"]],
  ["git log > >(rm -rf x)", ["git *"]],
  ["git log $'a\\'$(rm)", ["git *"]],
  ["git diff --output=x", ["git *"]],
  ["git log --outp x", ["git *"]],
  ["git log <<E\n$(rm -rf x)\nE", ["git *"]],
  ["cat <<E\n`rm -rf x`\nE", ["cat", "cat *"]],
  ['cat <<< "$(rm -rf x)"', ["cat", "cat *"]],
  ["bash <<E\nrm -rf x\nE", ["bash", "bash *"]],
  ["python3 - <<E\nimport os\nE", ["python3 *"]],
  ["ed x <<E\n!rm -rf x\nE", ["ed *"]],
  ["eval git status", ["git *", "eval *"]],
  ["eval 'rm -rf x'", ["eval *"]],
  ['e=rm; git status; "$e" x', ["git *"]],
  ["$X status", ["git *", "* status"]],
  ["g{it,} status", ["git *", "g*"]],
  ["/bin/r? x", ["/bin/r*"]],
  ["GIT_SSH_COMMAND='rm x' git fetch", ["git *"]],
  ["PATH=/tmp/evil git status", ["git *"]],
  ["PATH=/tmp/evil; git status", ["git *"]],
  ["export PATH=/tmp/evil; git status", ["git *", "export *"]],
  ["read PATH < f; git status", ["git *", "read *", "< *"]],
  ["for PATH in /tmp/evil; do git status; done", ["git *", "for *"]],
  ["printf -v PATH /tmp/evil; git status", ["git *", "printf *"]],
  ["alias git=rm; git x", ["git *", "alias *"]],
  ["hash -p /bin/rm git; git x", ["git *", "hash *"]],
  ["git() { rm -rf x; }; git status", ["git *"]],
  ["function git { rm x; }; git status", ["git *"]],
  ["coproc rm x", ["coproc *"]],
  ["trap 'rm -rf x' EXIT; git status", ["git *", "trap *"]],
  ["source ./x.sh", ["source *"]],
  [". ./x.sh", [". *"]],
  ["git -c core.pager='rm x' log", ["git *"]],
  ["git -c alias.x='!rm x' x", ["git *"]],
  ["git config alias.x '!rm x'", ["git *"]],
  ["git rebase -x 'rm x' main", ["git *"]],
  ["git fetch --upload-pa='rm x' origin", ["git *"]],
  ["git fetch 'ext::rm x'", ["git *"]],
  ["git bisect run rm x", ["git *"]],
  ["git submodule foreach rm x", ["git *"]],
  ["find . -exec rm {} \\;", ["find *"]],
  ["find . -execdir rm {} +", ["find *"]],
  ["find . -exec ls {} \\; -exec rm {} \\;", ["find *", "ls *"]],
  ["find . -exec {} \\;", ["find *", "{} *", "{}"]],
  ["find . -exec sh -c 'rm x' \\;", ["find *", "sh *"]],
  ["find . -ok rm {} \\;", ["find *"]],
  ["ls | xargs rm", ["ls", "xargs *"]],
  ["ls | xargs git", ["ls", "xargs *", "git"]],
  ["ls | xargs -n1 -I{} rm {}", ["ls", "xargs *"]],
  ["ls | xargs -0 sh -c 'rm x'", ["ls", "xargs *", "sh *"]],
  ["sh -c 'rm -rf x'", ["sh *"]],
  ["bash -lc 'git status; rm x'", ["bash *", "git *"]],
  ["echo 'rm x' | sh", ["echo *", "sh"]],
  ["sh x.sh", ["sh *"]],
  ["/bin/bash -c 'rm x'", ["/bin/bash *"]],
  ["busybox sh -c 'rm x'", ["busybox *"]],
  ["python -c 'import os'", ["python *"]],
  ["python3.12 -Ic 'import os'", ["python3.12 *"]],
  ["node -e 'x'", ["node *"]],
  ["node --import data:text/javascript,x a.js", ["node *"]],
  ["node -p 'x'", ["node *"]],
  ["perl -ne 'system(1)' x", ["perl *"]],
  ["ruby -e 'x'", ["ruby *"]],
  ["php -r 'x'", ["php *"]],
  ["deno eval 'x'", ["deno *"]],
  ["awk 'BEGIN{system(\"rm x\")}'", ["awk *"]],
  ["awk '{print | \"rm x\"}' f", ["awk *"]],
  ["sed '1e rm x' f", ["sed *"]],
  ["sed 's/a/rm x/e' f", ["sed *"]],
  ["sed -n 'w /etc/passwd' f", ["sed *"]],
  ["env rm x", ["env *"]],
  ["env -S 'rm x'", ["env *", "-S *"]],
  ["env A=1 B=2 rm x", ["env *"]],
  ["sudo rm x", ["sudo *"]],
  ["sudo -u root rm x", ["sudo *", "rm *"]],
  ["nohup rm x", ["nohup *"]],
  ["timeout -s KILL 5 rm x", ["timeout *", "rm *"]],
  ["timeout 5 rm x", ["timeout *"]],
  ["time rm x", ["time *"]],
  ["\\time rm x", ["time *"]],
  ["command rm x", ["command *"]],
  ["exec rm x", ["exec *"]],
  ["builtin eval 'rm x'", ["builtin *", "eval *"]],
  ["command -p rm x", ["command *", "rm *"]],
  ["tar xf a --to-comm='rm x'", ["tar *"]],
  ["tar cf a.tar *", ["tar *"]],
  ["rg x --pre ./evil", ["rg *"]],
  ["ssh host rm x", ["ssh *"]],
  ["npx -c 'rm x'", ["npx *"]],
  ["npm exec -c 'rm x'", ["npm *"]],
  ["[[ -v a[$(rm x)] ]]", ["[[ *"]],
  ["test -v 'a[$(rm x)]'", ["test *"]],
  ["let 'a[$(rm x)]=1'", ["let *"]],
  ["(( a[$(rm x)] ))", ["(( *"]],
  ["case x in x) rm x;; esac", ["case *"]],
  ["cd /tmp && ./run", ["cd *", "./run"]],
  ["cd /etc && echo x > passwd", ["cd *", "echo *", "> passwd"]],
  ["git status > x", ["git *"]],
  ["git status > $X", ["git *", "> *X"]],
  ["git status >& x", ["git *"]],
  ["git status {fd}> x", ["git *", "> x"]],
  ["git status 'unclosed; rm x", ["git *"]],
  ["git status $(", ["git *"]],
  ["cat <<E\nrm x", ["cat", "cat *"]],
  ["git\u00a0status; x", ["git *", "x"]],
  ["git status\r", ["git *"]],
  ["git log \u202e txt", ["git *"]],
  ["rm x; git --help", ["* --help"]],
  ["x $(rm y) --help", ["* --help", "x *"]],
];

describe("nothing runs under another's approval", () => {
  it("in a corpus of more than 100 cases", () => {
    expect(smuggled.length).toBeGreaterThan(100);
  });

  it.each(smuggled)("%j, with %j allowed", (text, allowed) => {
    expect(isAllowed(text, allowed)).toBe(false);
    expect(isAllowed(text, ["*"])).toBe(true);
  });

  it("whatever separates two commands", () => {
    const separators = fc.constantFrom(";", "\n", " & ", " && ", " || ", " | ", " |& ", "\n\n", " # x\n", " \\\n; ");
    const commands = fc.constantFrom("git log", "git 'a b'", "FOO=1 git log", "! git log", "(git log)", "{ git log; }");
    fc.assert(
      fc.property(fc.array(fc.tuple(commands, separators), { maxLength: 5 }), commands, (before, last) => {
        const text = [...before.flat(), last].join("");
        expect(isAllowed(text.replace(/git (?!.*git )/, "rm "), ["git *", "FOO=1 git *"])).toBe(false);
      }),
    );
  });
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { expect, it } from "vitest";

import { commandPermissions } from "../src/command/command-permissions.ts";
import { parseBash } from "../src/command/parse-bash.ts";
import { renderCommand } from "../src/command/render-command.ts";
import { findShell } from "../src/shell/find-shell.ts";

const shell = await findShell(process.env["PATH"]);

// bash calls this function with the words of each command that is no program of its own, and nothing here is one. A line end would
// make two writes of one, and what runs at the same time could come between them.
const handler = `command_not_found_handle() { printf '%s\\0' "$#" "\${@//$'\\n'/$'\\001'}" >&2; }\n`;

/** The commands that bash tried to run, with their words. */
const runIn = (directory: string, text: string): readonly (readonly string[])[] => {
  const output = execFileSync(
    "/bin/sh",
    ["-c", '"$1" -c "$2" 2>&1 >/dev/null </dev/null || true', "sh", shell, handler + text],
    {
      cwd: directory,
      env: { PATH: "/nonexistent" },
      encoding: "latin1",
      timeout: 5_000,
    },
  );
  const fields = output.split("\0");
  const found: (readonly string[])[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    // Between two commands there may be a message of bash itself.
    const count = Number(/\d+$/.exec(fields[at] ?? "")?.[0] ?? Number.NaN);
    if (Number.isNaN(count)) break;
    found.push(fields.slice(at + 1, at + 1 + count).map((field) => field.replaceAll("\u0001", "\n")));
    at += 1 + count;
  }
  return found;
};

const rendered = (words: readonly string[]): string =>
  renderCommand({
    assignments: [],
    words: words.map((value) => ({ text: `'${value}'`, value, isGlob: false })),
    text: "",
    hasInlineInput: false,
  });

const isBash = shell.endsWith("bash");
const title = `bash runs no command that was not read in a text that is plain${isBash ? "" : " (not run: there is no bash)"}`;
it.runIf(isBash)(title, () => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-parse-"));
  const pieces = fc.constantFrom(
    ...Array.from("ab1'\"\\;|&\n#=!{}(),-$` "),
    " ",
    " ",
    "$'",
    "&&",
    "||",
    "\\\n",
    "<<a\n",
    "\na\n",
    "<<<",
    "|&",
    ";;",
    "$(",
    "${",
    "aa ",
    "b=",
  );
  const texts = fc.array(pieces, { minLength: 1, maxLength: 14 }).map((parts) => `x ${parts.join("")}`);
  let compared = 0;
  try {
    fc.assert(
      fc.property(texts, (text) => {
        const { bash, isPlain } = commandPermissions(text, { directory, workdir: directory, parse: parseBash });
        if (!isPlain) return;
        compared += 1;
        const known = bash.map((resource) => resource.replace(/^(?:[ab]+=\S* )+/, ""));
        for (const words of runIn(directory, text)) expect(known, text).toContain(rendered(words));
      }),
      { numRuns: 600 },
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  // By chance some 90 to 140 of them are plain.
  expect(compared).toBeGreaterThan(30);
});

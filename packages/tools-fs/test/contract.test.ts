import { describeTool } from "@holdfast/testkit/contract";

import { full, lines, linkOut, noPaths, otherwise, subject, writes } from "./file-subject.ts";
import { images } from "./images.ts";

import type { FileCase } from "./file-subject.ts";

const image = { ...full, "sub/a.png": images.png };

describeTool(
  subject("read", "safe", {
    invalid: [{}, ...noPaths, { path: "a", offset: 0 }, { path: "a", limit: 2_001 }, { path: "a", other: 1 }],
    cases: [
      { name: "a file", input: { path: "sub/a.txt" }, setup: writes(full), otherwise, swap: linkOut("sub") },
      { name: "a page of a long file", input: { path: "a.txt", offset: 10 }, setup: writes({ "a.txt": lines(9_000) }) },
      { name: "long lines", input: { path: "a.txt" }, setup: writes({ "a.txt": `${"é".repeat(9_000)}\n`.repeat(50) }) },
      {
        name: "a part of a long line",
        input: { path: "a.txt", lineOffset: 9 },
        setup: writes({ "a.txt": "é".repeat(90_000) }),
      },
      { name: "a directory", input: { path: "sub" }, setup: writes(full), otherwise, swap: linkOut("sub") },
      { name: "an image", input: { path: "sub/a.png" }, setup: writes(image), otherwise, swap: linkOut("sub") },
    ],
  }),
);

const isTemporary = (name: string) => /\/\.holdfast-cal_\w+\.tmp$/.test(name);

describeTool(
  subject("write", "probe", {
    invalid: [{}, ...noPaths.map((input) => ({ ...input, content: "" })), { path: "a" }, { path: "a", content: 1 }],
    // A process that is killed leaves its temporary file, and the directories that it had made for it.
    isLeftover: (name) => isTemporary(name) || /^inside\/new(\/deep)?$/.test(name),
    cases: [
      {
        name: "a new file",
        input: { path: "sub/b.txt", content: "new\n" },
        setup: writes(full),
        otherwise,
        swap: linkOut("sub"),
      },
      { name: "a new file below new directories", input: { path: "new/deep/b.txt", content: "new\n" } },
      {
        name: "a file that is there",
        input: { path: "sub/a.txt", content: "new\n" },
        setup: writes(full),
        otherwise,
        swap: linkOut("sub"),
      },
      {
        name: "a long file",
        input: { path: "a.txt", content: lines(9_000) },
        setup: writes({ "a.txt": lines(8_000) }),
        swap: linkOut("a.txt", "a.txt"),
      },
    ],
  }),
);

describeTool(
  subject("edit", "probe", {
    invalid: [
      {},
      ...noPaths.map((input) => ({ ...input, oldText: "a", newText: "b" })),
      { path: "a", oldText: "", newText: "b" },
      { path: "a", oldText: "a" },
      { path: "a", oldText: "a", newText: "b", replaceAll: "yes" },
    ],
    isLeftover: isTemporary,
    cases: [
      {
        name: "one place",
        input: { path: "sub/a.txt", oldText: "two", newText: "2" },
        setup: writes(full),
        otherwise,
        swap: linkOut("sub"),
      },
      {
        name: "every place",
        input: { path: "a.txt", oldText: "line", newText: "row", replaceAll: true },
        setup: writes({ "a.txt": lines(3_000) }),
        swap: linkOut("a.txt", "a.txt"),
      },
    ],
  }),
);

const patch = (...body: readonly string[]) => ({ patch: ["*** Begin Patch", ...body, "*** End Patch"].join("\n") });

const saysPartial: FileCase["saysPartial"] = (message) => message.startsWith("The patch is applied in part.");

describeTool(
  subject("apply_patch", "probe", {
    invalid: [{}, { patch: "" }, { patch: 1 }, { patch: "x".repeat(1024 * 1024 + 1) }],
    isLeftover: (name) => isTemporary(name) || /^inside\/new$/.test(name),
    cases: [
      {
        name: "four files",
        input: patch(
          "*** Add File: new/added.txt",
          "+added",
          "*** Update File: sub/a.txt",
          "@@",
          "-two",
          "+2",
          "*** Delete File: gone.txt",
          "*** Update File: from.txt",
          "*** Move to: sub/to.txt",
          "@@",
          "-here",
          "+there",
        ),
        setup: writes({ ...full, "gone.txt": "gone\n", "from.txt": "here\n" }),
        otherwise,
        swap: linkOut("sub"),
        saysPartial,
      },
      {
        name: "a new file",
        input: patch("*** Add File: sub/added.txt", "+added"),
        setup: writes(full),
        otherwise,
        swap: linkOut("sub"),
        saysPartial,
      },
    ],
  }),
);

const tree = { "sub/a.txt": "needle\n", "sub/b.ts": "needle and needle\n", "sub/c.txt": "hay\n" };

describeTool(
  subject("glob", "safe", {
    invalid: [
      {},
      { pattern: "" },
      { pattern: "x".repeat(1_025) },
      { pattern: "*", limit: 0 },
      { pattern: "*", path: "" },
    ],
    cases: [
      {
        name: "a directory",
        input: { pattern: "*.txt", path: "sub" },
        setup: writes(tree),
        otherwise,
        swap: linkOut("sub"),
      },
      {
        name: "many files",
        input: { pattern: "**", limit: 1_000 },
        setup: writes(
          Object.fromEntries(Array.from({ length: 260 }, (_, index) => [`${"x".repeat(200)}${index}`, ""])),
        ),
      },
    ],
  }),
);

describeTool(
  subject("grep", "safe", {
    invalid: [
      {},
      { pattern: "" },
      { pattern: "x".repeat(4_097) },
      { pattern: "a", limit: 1_001 },
      { pattern: "a", path: "" },
    ],
    cases: [
      {
        name: "a directory",
        input: { pattern: "needle", path: "sub" },
        setup: writes(tree),
        otherwise,
        swap: linkOut("sub"),
      },
      {
        name: "a file",
        input: { pattern: "needle", path: "sub/a.txt" },
        setup: writes(tree),
        otherwise,
        swap: linkOut("sub"),
      },
      {
        name: "many lines",
        input: { pattern: "line", limit: 1_000 },
        setup: writes({ "a.txt": `line ${"é".repeat(400)}\n`.repeat(1_500) }),
      },
    ],
  }),
);

describeTool(
  subject("bash", "never", {
    invalid: [
      {},
      { command: "" },
      { command: "x".repeat(32_769) },
      { command: "a", timeoutMs: 0 },
      { command: "a", workdir: "" },
    ],
    cases: [
      {
        name: "a command",
        input: { command: "cat a.txt", workdir: "sub" },
        setup: writes(full),
        otherwise,
        swap: linkOut("sub"),
      },
      { name: "a long output", input: { command: "seq 100000" } },
      { name: "a command that goes on", input: { command: "trap '' TERM; sleep 30 & wait; sleep 30" }, isLong: true },
    ],
  }),
);

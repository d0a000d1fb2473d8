import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { openSqliteStore } from "@holdfast/store-sqlite";
import { describe, expect, it } from "vitest";

import { Stage } from "./harness.ts";

import type { JsonObject, SessionId } from "@holdfast/core";
import type { DurableEvent, EventType } from "@holdfast/core/event";

interface Host {
  readonly stage: Stage;
  readonly store: string;
  readonly tool: string;
  readonly input: JsonObject;
}

/** Runs the host to its end: what ended it, and what it said. */
const runHost = async ({ stage, store, tool, input }: Host, place: number, moment = "before") => {
  const host = join(import.meta.dirname, "child", "change-host.ts");
  const args = [host, stage.directory, store, tool, JSON.stringify(input), String(place), moment];
  const child = spawn(process.execPath, args, {
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "holdfast-tools-fs-compiled"), ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const [said, [code, signal]] = await Promise.all([
    text(child.stdout),
    once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  clearTimeout(late);
  return { end: signal ?? code, said };
};

const logOf = async (file: string): Promise<readonly DurableEvent[]> => {
  await using store = await openSqliteStore({ path: file });
  const query = { sessionId: "ses_change" as SessionId, after: -1, limit: 500 };
  return (await store.events(query)) as readonly DurableEvent[];
};

const dataOf = <TType extends EventType>(log: readonly DurableEvent[], type: TType) =>
  log.filter((event): event is DurableEvent<TType> & DurableEvent => event.type === type).map(({ data }) => data);

const filesOf = ({ directory }: Stage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(
        ({ parentPath, name }) =>
          [join(parentPath, name).slice(directory.length + 1), readFileSync(join(parentPath, name), "utf8")] as const,
      )
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );

const withoutTemporary = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !name.endsWith(".tmp")));

const before = { "b.txt": "two\n", "c.txt": "three\n", "d/d.txt": "four\n", "e.txt": "five\n" };
const after = { "a/a.txt": "one\n", "b.txt": "2\n", "d/moved.txt": "4\n", "e.txt": "5\n" };
const patch = [
  "*** Begin Patch",
  "*** Add File: a/a.txt",
  "+one",
  "*** Update File: b.txt",
  "@@",
  "-two",
  "+2",
  "*** Delete File: c.txt",
  "*** Update File: d/d.txt",
  "*** Move to: d/moved.txt",
  "@@",
  "-four",
  "+4",
  "*** Update File: e.txt",
  "@@",
  "-five",
  "+5",
  "*** End Patch",
].join("\n");

/** What of the five is there, by the number of changes that were made seen. The move is two: its new name, and its old one. */
const applied = [[], ["a/a.txt"], ["b.txt"], ["c.txt"], [], ["d/d.txt"], ["e.txt"]];
const places = [1, 2, 3, 4, 5, 6].flatMap((place) => [
  { place, moment: "before", done: place - 1 },
  { place, moment: "after", done: place },
]);

describe("a patch of five files", () => {
  it.each(places)(
    "killed $moment its change number $place reports what is applied, and the rest is done once",
    async ({ place, moment, done }) => {
      using stage = new Stage();
      using beside = new Stage();
      mkdirSync(stage.join("d"));
      for (const [name, content] of Object.entries(before)) stage.write(name, content);
      const store = beside.join("sessions.db");
      const host: Host = { stage, store, tool: "apply_patch", input: { patch } };

      expect((await runHost(host, place, moment)).end).toBe("SIGKILL");
      const halfway = withoutTemporary(filesOf(stage));
      const there = applied.slice(0, done + 1).flat();
      expect(halfway["b.txt"]).toBe(there.includes("b.txt") ? "2\n" : "two\n");
      expect(existsSync(stage.join("a/a.txt"))).toBe(there.includes("a/a.txt"));

      const { end, said } = await runHost(host, 0);
      expect(end).toBe(0);
      expect(filesOf(stage)).toEqual(after);
      const log = await logOf(store);
      const isPartial = done > 0 && done < 6;
      // Nothing of it, or all of it, needs nobody: the first is done again, the other settles.
      expect(dataOf(log, "ask.opened")).toHaveLength(isPartial ? 1 : 0);
      if (isPartial) {
        const shown = said.slice(0, said.indexOf("\n"));
        const notYet = applied.slice(done + 1).flat();
        const isHalf = done === 4;
        expect(shown).toContain(`Applied: ${there.join(", ")}.`);
        if (isHalf) expect(shown).toContain("Copied to its new place, and not removed from the old one: d/d.txt.");
        const missing = notYet.filter((path) => !(isHalf && path === "d/d.txt"));
        if (missing.length > 0) expect(shown).toContain(`Not applied: ${missing.join(", ")}.`);
      }
      expect(dataOf(log, "tool.begun")).toHaveLength(done === 6 ? 1 : 2);
      expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "completed" } }]);
      expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "completed" }]);
    },
  );
});

describe("a write", () => {
  it.each([
    { what: "a new file", path: "new/a.txt", old: undefined, moment: "before", begun: 2 },
    { what: "a new file", path: "new/a.txt", old: undefined, moment: "after", begun: 1 },
    { what: "a file that is there", path: "a.txt", old: "old\n", moment: "before", begun: 2 },
    { what: "a file that is there", path: "a.txt", old: "old\n", moment: "after", begun: 1 },
  ])("of $what, killed $moment it is seen, is done once", async ({ path, old, moment, begun }) => {
    using stage = new Stage();
    using beside = new Stage();
    if (old !== undefined) stage.write(path, old);
    const store = beside.join("sessions.db");
    const host: Host = { stage, store, tool: "write", input: { path, content: "now\n" } };
    expect((await runHost(host, 1, moment)).end).toBe("SIGKILL");
    expect(withoutTemporary(filesOf(stage))[path]).toBe(moment === "before" ? old : "now\n");
    expect((await runHost(host, 0)).end).toBe(0);
    expect(withoutTemporary(filesOf(stage))).toEqual({ [path]: "now\n" });
    const log = await logOf(store);
    expect(dataOf(log, "tool.begun")).toHaveLength(begun);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "completed" } }]);
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "completed" }]);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { sweepCallFolders } from "./sweep-call-folders.ts";

const day = 24 * 3_600;
const signal = new AbortController().signal;

/** A state directory whose folders are of these ages, in days. */
const setScene = (ages: Readonly<Record<string, number>>) => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-sweep-"));
  const now = statSync(directory).mtimeMs;
  for (const [name, age] of Object.entries(ages)) {
    const path = join(directory, name);
    mkdirSync(path);
    writeFileSync(join(path, "output-0"), "so far");
    utimesSync(path, now / 1_000 - age * day, now / 1_000 - age * day);
  }
  return {
    directory,
    sweep: async () => sweepCallFolders(directory, now, signal),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
};

it("folders of calls that nobody took over for 7 days are removed, and younger ones are kept", async () => {
  using scene = setScene({ cal_old: 8, cal_young: 6 });
  await scene.sweep();
  expect(readdirSync(scene.directory)).toEqual(["cal_young"]);
});

it("what is no call's folder stays, however old", async () => {
  using scene = setScene({ notes: 100, cal_link_target: 100 });
  symlinkSync("notes", join(scene.directory, "cal_link"));
  await scene.sweep();
  expect(readdirSync(scene.directory).toSorted()).toEqual(["cal_link", "cal_link_target", "notes"]);
});

it("at most 100 are removed at a time", async () => {
  using scene = setScene(Object.fromEntries(Array.from({ length: 103 }, (_, index) => [`cal_${index}`, 8])));
  await scene.sweep();
  expect(readdirSync(scene.directory)).toHaveLength(3);
  await scene.sweep();
  expect(readdirSync(scene.directory)).toEqual([]);
});

it("a directory that is not there, or a link to one, is left alone", async () => {
  using scene = setScene({ cal_old: 8 });
  const link = `${scene.directory}-link`;
  symlinkSync(scene.directory, link);
  await sweepCallFolders(link, Number.MAX_SAFE_INTEGER, signal);
  rmSync(link);
  await sweepCallFolders(link, Number.MAX_SAFE_INTEGER, signal);
  expect(readdirSync(scene.directory)).toEqual(["cal_old"]);
});

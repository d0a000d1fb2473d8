import { existsSync } from "node:fs";

import { openSqliteStore } from "@holdfast/store-sqlite";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";
import { readFileState, restoreOldFile } from "./old-file.ts";
import { everySessionOf, verifyAll } from "./verify-all.ts";

import type { FileState, OldVersion } from "./old-file.ts";

const opener = new URL("opener.ts", import.meta.url);

/** A place in a migration: what it is called, and the version of the file that it leads away from, 0 for none. */
export interface Place {
  readonly point: string;
  readonly from: 0 | OldVersion;
}

/** Every place of the migrations from a version, as an opening that nobody disturbs comes by. */
export const placesFrom = async (from: 0 | OldVersion): Promise<readonly Place[]> => {
  await using scratch = await makeScratch();
  if (from !== 0) restoreOldFile(scratch.store, from);
  const points: string[] = [];
  const reach = (point: string) => void points.push(point);
  await using _store = await openSqliteStore({ path: scratch.store, faults: { reach } });
  return points.filter((point) => point.startsWith("store.migration:")).map((point) => ({ point, from }));
};

/** Kills a process at a place in a migration. Returns what is then wrong with the file that it leaves. */
export const killAt = async ({ point, from }: Place): Promise<readonly string[]> => {
  await using scratch = await makeScratch();
  const path = scratch.store;
  if (from !== 0) restoreOldFile(path, from);
  const before = from !== 0 ? readFileState(path) : null;
  {
    await using child = startChild(opener, { store: path, name: "victim" }, { fault: `${point}=kill` });
    await child.next();
    child.say("go");
    const { signal } = await child.ended;
    if (signal !== "SIGKILL") return ["the process was not killed: the place was never reached"];
  }
  const broken = judgeLeft(path, before, Number(point.split(":")[1]));
  await using store = await openSqliteStore({ path });
  const sessions = await everySessionOf(store);
  if (from !== 0 && sessions.length === 0) broken.push("no session is left");
  return [...broken, ...(await verifyAll(store, sessions))];
};

/** The file is as it was before the migration that was cut off, or as it is after it, and so is the copy. */
const judgeLeft = (path: string, before: FileState | null, to: number): string[] => {
  const broken: string[] = [];
  const { version, integrity, rows } = readFileState(path);
  if (integrity !== "ok") broken.push(`integrity_check: ${integrity}`);
  if (version !== to && version !== to - 1) broken.push(`expected version ${to - 1} or ${to}, found ${version}`);
  if (before === null) return broken;
  if (version === before.version && rows !== before.rows) broken.push("the old version's rows were changed");
  const copy = `${path}.v${before.version}-backup`;
  if (!existsSync(copy)) return broken;
  const kept = readFileState(copy);
  if (kept.version !== before.version || kept.rows !== before.rows) broken.push("the copy is not the file as it was");
  return broken;
};

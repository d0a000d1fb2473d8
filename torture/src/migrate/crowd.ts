import { openSqliteStore } from "@holdfast/store-sqlite";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";
import { oldVersions, readFileState, restoreOldFile } from "./old-file.ts";
import { everySessionOf, verifyAll } from "./verify-all.ts";

import type { Child } from "../child-process.ts";
import type { OldVersion } from "./old-file.ts";

const opener = new URL("opener.ts", import.meta.url);

/** What an opener says in the end. */
interface Answer {
  readonly storeId?: string;
  readonly migrations?: number;
  readonly broken?: readonly string[];
  readonly failed?: string;
}

/** What came of many processes that opened one old file at once. */
export interface CrowdResult {
  /** How many processes migrated anything. */
  readonly migrated: number;
  readonly worked: number;
  readonly killed: number;
  readonly broken: readonly string[];
}

/** Has processes open one file of an old version at once; those that are given a fault are killed by it, if they come that far. */
export const openAtOnce = async (version: OldVersion, faults: readonly string[]): Promise<CrowdResult> => {
  await using scratch = await makeScratch();
  restoreOldFile(scratch.store, version);
  await using children = new AsyncDisposableStack();
  const crowd = faults.map((fault, index) =>
    children.use(startChild(opener, { store: scratch.store, name: `opener${index}` }, { fault })),
  );
  await Promise.all(crowd.map((child) => child.next()));
  for (const child of crowd) child.say("go");
  const answers = await Promise.all(crowd.map((child, index) => answerOf(child, faults[index] !== "")));
  const present = answers.filter((answer): answer is Answer => answer !== "killed");
  const broken = present.flatMap((answer) => answer.failed ?? answer.broken ?? []);
  const stores = new Set(present.map(({ storeId }) => storeId));
  if (stores.size !== 1) broken.push(`expected one store, found ${stores.size}`);
  await using store = await openSqliteStore({ path: scratch.store });
  const sessions = await everySessionOf(store);
  const worked = present.filter(({ failed }) => failed === undefined).length;
  if (sessions.length < worked + oldVersions[version]) broken.push(`${sessions.length} sessions are left`);
  broken.push(...(await verifyAll(store, sessions)));
  const { integrity } = readFileState(scratch.store);
  if (integrity !== "ok") broken.push(`integrity_check: ${integrity}`);
  return {
    migrated: present.filter(({ migrations = 0 }) => migrations > 0).length,
    worked,
    killed: answers.length - present.length,
    broken,
  };
};

const answerOf = async (child: Child, mayDie: boolean): Promise<Answer | "killed"> => {
  const answer = await child.next().catch((error: unknown) => ({ failed: String(error) }));
  const { signal } = await child.ended;
  return mayDie && signal === "SIGKILL" ? "killed" : (answer as Answer);
};

import { setTimeout as sleep } from "node:timers/promises";

import { openSqliteStore } from "@holdfast/store-sqlite";
import { createRandom } from "@holdfast/testkit";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";
import { judge } from "./judge.ts";
import { entriesOf, readJournal } from "./journal.ts";

import type { Child } from "../child-process.ts";
import type { Outcome, Torture } from "../torture.ts";
import type { Entry } from "./journal.ts";

const worker = new URL("worker.ts", import.meta.url);
const processes = 4;
const sessions = 200;
const killEveryMs = 500;
/** What is printed of one kind of finding; a broken store breaks everywhere. */
const mostSentences = 40;

/** Several processes on one file, of which one after the other is killed and started again. */
export const store: Torture = {
  name: "store",
  proves:
    "4 processes on one file, killed and restarted at random, lose nothing that was acknowledged and damage nothing",
  run: async ({ full, seed }): Promise<Outcome> => {
    await using scratch = await makeScratch();
    const { directory, store: path } = scratch;
    const slots = Array.from({ length: processes }, (_, slot) => new Slot({ directory, store: path, slot, seed }));
    const broken: string[] = [];
    const startedAt = performance.now();
    let kills = 0;
    try {
      await Promise.all(slots.map((slot) => slot.ready()));
      const random = createRandom(seed);
      for (const end = performance.now() + (full ? 60_000 : 10_000); performance.now() < end;) {
        await sleep(killEveryMs);
        await slots[Math.floor(random() * processes)]?.restart();
        kills += 1;
      }
    } finally {
      for (const slot of slots) broken.push(...(await slot.stop()));
    }
    const ranMs = performance.now() - startedAt;
    const entries: Entry[] = [];
    for (let slot = 0; slot < processes; slot++) entries.push(...(await readJournal(directory, slot)));
    await using opened = await openSqliteStore({ path });
    broken.push(...complaintsOf(entries), ...(await judge(opened, path, entries)));
    const more = broken.length - mostSentences;
    return {
      done: { processes, seconds: Math.round(ranMs / 1_000), kills, restarts: kills, ...countsOf(entries, ranMs) },
      broken: more > 0 ? [...broken.slice(0, mostSentences), `and ${more} more`] : broken,
    };
  },
};

interface SlotArgument {
  readonly directory: string;
  readonly store: string;
  readonly slot: number;
  readonly seed: number;
}

/** A place that one process after the other takes. */
class Slot {
  readonly #argument: SlotArgument;
  readonly #broken: string[] = [];
  #child: Child;
  #generation = 0;

  constructor(argument: SlotArgument) {
    this.#argument = argument;
    this.#child = this.#start();
  }

  async ready(): Promise<void> {
    await this.#child.next();
  }

  async restart(): Promise<void> {
    await this.#kill();
    this.#generation += 1;
    this.#child = this.#start();
  }

  /** Kills the last one, and says which of all ended by themselves. */
  async stop(): Promise<readonly string[]> {
    await this.#kill();
    return this.#broken;
  }

  async #kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    const { code, signal } = await this.#child.ended;
    if (signal !== "SIGKILL") this.#broken.push(`a process ended by itself: code ${code}, signal ${signal}`);
    await this.#child[Symbol.asyncDispose]();
  }

  #start(): Child {
    return startChild(worker, { ...this.#argument, generation: this.#generation, sessions });
  }
}

const complaintsOf = (entries: readonly Entry[]): readonly string[] => {
  const unexpected = entriesOf(entries, "refused").filter(({ expected }) => !expected);
  const complaints = entriesOf(entries, "broken").map(({ sentence }) => sentence);
  if (entriesOf(entries, "commit").length === 0) complaints.push("no commit was acknowledged at all");
  return [...complaints, ...unexpected.map(({ code, message }) => `refused as ${code}: ${message}`)];
};

const countsOf = (entries: readonly Entry[], ranMs: number): Readonly<Record<string, number>> => {
  const commits = entriesOf(entries, "commit");
  const refused = entriesOf(entries, "refused");
  const counts: Record<string, number> = {
    sessions: new Set(commits.map(({ sessionId }) => sessionId)).size,
    "acknowledged commits": commits.length,
    "commits a second": Math.round((commits.length / ranMs) * 1_000),
    events: commits.reduce((sum, { events }) => sum + events.length, 0),
    admissions: commits.filter(({ admitted }) => admitted !== null).length,
    "replays after a restart": entriesOf(entries, "replay").length,
    claims: commits.filter(({ fence }) => fence !== null).length,
    "take-overs": commits.filter(({ takeOver }) => takeOver).length,
    blobs: commits.reduce((sum, { blobs }) => sum + blobs.length, 0),
    outputs: entriesOf(entries, "output").length,
    prunings: entriesOf(entries, "floor").length,
    imports: entriesOf(entries, "import").length,
  };
  for (const { what } of entriesOf(entries, "done")) counts[what] = (counts[what] ?? 0) + 1;
  for (const { code, expected } of refused) {
    if (expected) counts[`races: ${code}`] = (counts[`races: ${code}`] ?? 0) + 1;
  }
  counts["busy errors"] = refused.filter(({ code }) => code === "store.busy").length;
  return counts;
};

import { closeSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { parseJson } from "@holdfast/core";

/** An event as it was acknowledged: its seq, its hash, and the hash before it. */
export type Acknowledged = readonly [seq: number, hash: string, prevHash: string];

/** An input that a worker is about to admit, so that whoever comes after it can try again. */
export interface Intent {
  readonly sessionId: string;
  readonly messageId: string;
  readonly idempotencyKey: string | null;
  readonly payloadHash: string;
  /** How many times its text repeats the words of the plot. */
  readonly repeats: number;
}

/** What a worker notes, each in a line of its own file. */
export type Entry =
  | ({ readonly kind: "intent" } & Intent)
  | {
      readonly kind: "commit";
      readonly sessionId: string;
      readonly events: readonly Acknowledged[];
      /** The claim that it took. */
      readonly fence: number | null;
      readonly takeOver: boolean;
      /** The input that it admitted. */
      readonly admitted: string | null;
      /** Messages that are in the history from then on. */
      readonly messages: readonly string[];
      readonly blobs: readonly string[];
    }
  | { readonly kind: "replay"; readonly messageId: string; readonly seq: number; readonly hash: string }
  | { readonly kind: "output"; readonly sessionId: string; readonly callId: string; readonly size: number }
  | { readonly kind: "floor"; readonly sessionId: string; readonly seq: number; readonly hash: string }
  | { readonly kind: "import"; readonly sessionId: string; readonly events: readonly Acknowledged[] }
  | { readonly kind: "done"; readonly what: string }
  | { readonly kind: "refused"; readonly code: string; readonly expected: boolean; readonly message: string }
  | { readonly kind: "broken"; readonly sentence: string };

type EntryOf<TKind extends Entry["kind"]> = Extract<Entry, { readonly kind: TKind }>;

/** Those entries that are of one kind. */
export const entriesOf = <TKind extends Entry["kind"]>(
  entries: readonly Entry[],
  kind: TKind,
): readonly EntryOf<TKind>[] => entries.filter((entry): entry is EntryOf<TKind> => entry.kind === kind);

/** A worker's file. What is in it was acknowledged: a line is written in the turn of the loop in which the store answered. */
export interface Journal extends Disposable {
  note(entry: Entry): void;
}

export const journalOf = (directory: string, slot: number): string => join(directory, `worker-${slot}.jsonl`);

/** Opens a journal to go on at its end. No sync: a process dies here, and not the machine. */
export const openJournal = (directory: string, slot: number): Journal => {
  const file = openSync(journalOf(directory, slot), "a");
  // Whoever was here before may have died in the middle of a line.
  writeSync(file, "\n");
  return {
    note: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`),
    [Symbol.dispose]: () => closeSync(file),
  };
};

/** Every whole line of a journal; none where there is no file yet. */
export const readJournal = async (directory: string, slot: number): Promise<readonly Entry[]> => {
  const content = await readFile(journalOf(directory, slot), "utf8").catch(() => "");
  return content.split("\n").flatMap((line) => entryOf(line));
};

// A line that its writer's death cut was not acknowledged to anyone.
const entryOf = (line: string): readonly Entry[] => {
  const parsed = line === "" ? undefined : parseJson(line);
  return parsed?.ok === true ? [parsed.value as unknown as Entry] : [];
};

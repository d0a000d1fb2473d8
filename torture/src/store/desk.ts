import { HoldfastError } from "@holdfast/core";
import { toTextValue } from "@holdfast/core/event";
import { createDrafts, createRandom, sha256 } from "@holdfast/testkit";

import type { OwnerId, SessionId } from "@holdfast/core";
import type { CommitPlan, CommitResult } from "@holdfast/core/store";
import type { Blob, EventDraft, TextValue } from "@holdfast/core/event";
import type { SqliteStore } from "@holdfast/store-sqlite";
import type { Drafts } from "@holdfast/testkit";
import type { Intent, Journal } from "./journal.ts";

/** What every process of this torture is told. */
export interface WorkerArgument {
  readonly directory: string;
  readonly store: string;
  readonly slot: number;
  /** How often the slot was filled before. */
  readonly generation: number;
  readonly sessions: number;
  readonly seed: number;
}

/** The sessions that all processes share. */
export const sessionNumbered = (number: number): SessionId => `ses_shared${number}` as SessionId;

/** What others may do to a session between a look and a commit: refusals that mean nothing but that. */
const races: ReadonlySet<string> = new Set([
  "store.fenced",
  "store.condition-failed",
  "store.sequence-conflict",
  "input.inbox-full",
]);

/** All that one process has at hand. */
export interface Desk {
  readonly argument: WorkerArgument;
  readonly store: SqliteStore;
  readonly journal: Journal;
  readonly ownerId: OwnerId;
  /** Names that no other process, and no one before in this slot, gives. */
  readonly nextTurn: () => Drafts;
  readonly random: () => number;
  readonly sha256: typeof sha256;
}

export const openDesk = (argument: WorkerArgument, store: SqliteStore, journal: Journal): Desk => {
  const { slot, generation, seed } = argument;
  const drafts = createDrafts(`w${slot}g${generation}n`);
  let turns = 0;
  return {
    argument,
    store,
    journal,
    ownerId: drafts.ownerId,
    nextTurn: () => drafts.turn((turns += 1)),
    random: createRandom(seed * 10_007 + slot * 101 + generation),
    sha256,
  };
};

/** One of some, by chance. */
export const pick = <T>({ random }: Desk, from: readonly T[]): T | undefined =>
  from[Math.floor(random() * from.length)];

/** What a commit is noted with. */
export interface Notes {
  readonly takeOver?: boolean;
  readonly admitted?: string;
}

/** Commits a plan, and notes that it was acknowledged. */
export const commit = async (
  { store, journal }: Desk,
  plan: CommitPlan,
  { takeOver = false, admitted }: Notes = {},
): Promise<CommitResult> => {
  const result = await store.commit(plan);
  if (result.status === "replayed") {
    const { messageId, seq, hash } = result.admission;
    journal.note({ kind: "replay", messageId, seq, hash });
    return result;
  }
  journal.note({
    kind: "commit",
    sessionId: plan.sessionId,
    events: result.events.map(({ seq, hash, prevHash }) => [seq, hash, prevHash]),
    fence: plan.claim?.action === "take" ? plan.claim.fence : null,
    takeOver,
    admitted: admitted ?? null,
    messages: plan.events.flatMap(messageOf),
    blobs: (plan.blobs ?? []).map(({ hash }) => hash),
  });
  return result;
};

/** Runs some work; what others may have come before it with is noted, and so is what nobody may. */
export const tolerating = async (
  { journal }: Desk,
  what: string,
  work: () => Promise<void>,
): Promise<string | undefined> => {
  try {
    await work();
    return undefined;
  } catch (error) {
    const code = HoldfastError.isInstance(error) ? error.code : "no error of ours";
    const message = `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    journal.note({ kind: "refused", code, expected: races.has(code), message: races.has(code) ? "" : message });
    return code;
  }
};

/** A text of so many repetitions, and its blob where it is a long one. */
export const textOf = (repeats: number): { readonly value: TextValue; readonly blobs: readonly Blob[] } =>
  toTextValue(`${repeats} times: ${"all work and no play ".repeat(repeats)}`, sha256);

/** A text that is long now and then, so that it becomes a blob. */
export const repeatsByChance = ({ random }: Desk): number =>
  random() < 0.02 ? 13_000 + Math.floor(random() * 50) : Math.floor(random() * 40);

/** Whose payload an intent is the identity of. */
export const payloadHashOf = ({ messageId, repeats }: Pick<Intent, "messageId" | "repeats">): string =>
  sha256(`${messageId} ${repeats}`);

const messageOf = ({ type, data }: EventDraft): readonly string[] =>
  type === "input.promoted" || type === "attempt.started" ? [(data as { readonly messageId: string }).messageId] : [];

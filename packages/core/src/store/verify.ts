import { decodeEvent } from "../event/decode.ts";
import { genesisHash } from "../event/envelope.ts";
import { canonicalJson } from "../json/canonical.ts";
import { project } from "../session/project/project.ts";
import { fenceFault } from "./fence-fault.ts";
import { readLog } from "./read-log.ts";
import { readTombstone } from "./read-tombstone.ts";
import { RowSet } from "./row-set.ts";
import { tableNames } from "./rows.ts";
import { sealedHash } from "./sealed-hash.ts";
import { verifyBeside } from "./verify-beside.ts";
import { verifyFrozen } from "./verify-frozen.ts";

import type { SealedEnvelope } from "../event/envelope.ts";
import type { SessionId } from "../ids/id.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { Hash } from "../ports/hash.ts";
import type { Floor } from "./floor.ts";
import type { LogHead } from "./plan.ts";
import type { RowSnapshot, TableName } from "./rows.ts";
import type { Store } from "./store.ts";
import type { BesideFinding } from "./verify-beside.ts";
import type { FrozenFinding } from "./verify-frozen.ts";

/** What is wrong with a session, where something is. */
export type Finding =
  | { readonly kind: "gap"; readonly seq: number; readonly found: number }
  | { readonly kind: "broken-chain"; readonly seq: number }
  | { readonly kind: "wrong-hash"; readonly seq: number }
  | { readonly kind: "wrong-head"; readonly expected: string; readonly found: string }
  | { readonly kind: "wrong-fence"; readonly seq: number; readonly expected: string; readonly found: string }
  | FrozenFinding
  | BesideFinding
  | { readonly kind: "unprojectable"; readonly seq: number; readonly reason: string }
  | {
      readonly kind: "wrong-row";
      readonly table: TableName;
      readonly stored: string | null;
      readonly rebuilt: string | null;
    };

/** What a verification saw. Intact means: no finding. */
export interface Verification {
  /** How many events were read: those above the floor. */
  readonly events: number;
  /** Findings about the log itself: its seqs, its chain, its fences, its head, its blobs and identities, and the messages below its floor. */
  readonly chain: readonly Finding[];
  /** Findings about the projected rows, against their rebuild from the log. */
  readonly projections: readonly Finding[];
}

/**
 * Proves what happened in a session: reads its whole log in pages, checks seqs, hashes and head, projects it again from
 * nothing, and compares every row. A pruned log is read from its floor on; of a deleted session, its last event alone. Meant for a session at rest; a commit in between shows as a difference.
 */
export const verifySession = async (store: Store, sessionId: SessionId, hash: Hash): Promise<Verification> => {
  const tombstone = await readTombstone(store, sessionId);
  if (tombstone !== null) return verifyTombstone(store, tombstone, hash);
  const floor = await store.floor(sessionId);
  const { rebuilt, findings } = await beginAt(store, { sessionId, floor, hash });
  const chain: Finding[] = [...findings];
  const projections: Finding[] = [];
  const begin = floor ?? { seq: -1, hash: genesisHash };
  let end: LogHead = begin;
  let highestFence = floor?.fence ?? 0;
  let events = 0;
  for await (const event of readLog(store, sessionId, begin.seq)) {
    chain.push(...checkLink(event, { seq: end.seq + 1, prevHash: end.hash }, hash));
    const fault = fenceFault(event, highestFence);
    if (fault !== null) chain.push({ kind: "wrong-fence", seq: event.seq, ...fault });
    highestFence = Math.max(highestFence, event.fence ?? 0);
    projections.push(...projectInto(rebuilt, event));
    chain.push(...(await verifyBeside(store, event, hash)));
    end = event;
    events += 1;
  }
  const head = await store.head(sessionId);
  const found = head === null ? "no session" : `${head.seq} ${head.hash}`;
  const expected = `${end.seq} ${end.hash}`;
  if (found !== expected) chain.push({ kind: "wrong-head", expected, found });
  projections.push(...compareRows(await store.rows(sessionId), rebuilt.snapshot()));
  return { events, chain, projections };
};

/** Of a deleted session its last event is left: that it is as it was sealed, that the log ends with it, and that no row is left. */
const verifyTombstone = async (store: Store, last: SealedEnvelope, hash: Hash): Promise<Verification> => {
  const { sessionId, seq, prevHash } = last;
  const head = await store.head(sessionId);
  const [expected, found] = [`${seq} ${last.hash}`, head === null ? "no session" : `${head.seq} ${head.hash}`];
  const chain: Finding[] = [...checkLink(last, { seq, prevHash }, hash)];
  if (found !== expected) chain.push({ kind: "wrong-head", expected, found });
  const projections = compareRows(await store.rows(sessionId), new RowSet(sessionId).snapshot());
  return { events: 1, chain, projections };
};

/** The rows to go on from: none, or those of the floor and of the messages below it. */
const beginAt = async (
  store: Store,
  { sessionId, floor, hash }: { readonly sessionId: SessionId; readonly floor: Floor | null; readonly hash: Hash },
): Promise<{ readonly rebuilt: RowSet; readonly findings: readonly Finding[] }> => {
  if (floor === null) return { rebuilt: new RowSet(sessionId), findings: [] };
  const { rows, findings } = await verifyFrozen(store, floor, hash);
  return { rebuilt: RowSet.restore(sessionId, { ...floor.rows, message: rows }), findings };
};

const checkLink = (
  event: SealedEnvelope,
  expected: { seq: number; prevHash: string },
  hash: Hash,
): readonly Finding[] => {
  const findings: Finding[] = [];
  if (event.seq !== expected.seq) findings.push({ kind: "gap", seq: expected.seq, found: event.seq });
  if (event.prevHash !== expected.prevHash) findings.push({ kind: "broken-chain", seq: event.seq });
  if (sealedHash(event, hash) !== event.hash) findings.push({ kind: "wrong-hash", seq: event.seq });
  return findings;
};

const projectInto = (rows: RowSet, sealed: SealedEnvelope): readonly Finding[] => {
  try {
    const event = decodeEvent(sealed);
    for (const change of event === null ? [] : project(event)) rows.apply(change);
    return [];
  } catch (error) {
    return [{ kind: "unprojectable", seq: sealed.seq, reason: error instanceof Error ? error.message : String(error) }];
  }
};

/** Every row that differs between what is stored and what the log gives, in either direction. */
export const compareRows = (stored: RowSnapshot, rebuilt: RowSnapshot): readonly Finding[] =>
  tableNames.flatMap((table) => {
    const left = stored[table].map(textOf);
    const right = rebuilt[table].map(textOf);
    const [inLeft, inRight] = [new Set(left), new Set(right)];
    return [
      ...left
        .filter((row) => !inRight.has(row))
        .map((row) => ({ kind: "wrong-row" as const, table, stored: row, rebuilt: null })),
      ...right
        .filter((row) => !inLeft.has(row))
        .map((row) => ({ kind: "wrong-row" as const, table, stored: null, rebuilt: row })),
    ];
  });

const textOf = (row: object): string => canonicalJson(row as unknown as JsonValue);

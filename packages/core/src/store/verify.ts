import { decodeEvent } from "../event/decode.ts";
import { genesisHash, sealEnvelope } from "../event/envelope.ts";
import { canonicalJson } from "../json/canonical.ts";
import { project } from "../session/project/project.ts";
import { RowSet } from "./row-set.ts";
import { tableNames } from "./rows.ts";
import { maxEventsPerPage } from "./store.ts";

import type { SealedEnvelope } from "../event/envelope.ts";
import type { SessionId } from "../ids/id.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { Hash } from "../ports/hash.ts";
import type { RowSnapshot } from "./reads.ts";
import type { TableName } from "./rows.ts";
import type { Store } from "./store.ts";

/** What is wrong with a session, where something is. */
export type Finding =
  | { readonly kind: "gap"; readonly seq: number; readonly found: number }
  | { readonly kind: "broken-chain"; readonly seq: number }
  | { readonly kind: "wrong-hash"; readonly seq: number }
  | { readonly kind: "wrong-head"; readonly expected: string; readonly found: string }
  | { readonly kind: "unprojectable"; readonly seq: number; readonly reason: string }
  | {
      readonly kind: "wrong-row";
      readonly table: TableName;
      readonly stored: string | null;
      readonly rebuilt: string | null;
    };

/** What a verification saw. Intact means: no finding. */
export interface Verification {
  readonly events: number;
  /** Findings about the log itself: its seqs, its chain, its head. */
  readonly chain: readonly Finding[];
  /** Findings about the projected rows, against their rebuild from the log. */
  readonly projections: readonly Finding[];
}

/**
 * Proves what happened in a session: reads its whole log in pages, checks seqs, hashes and head, projects it again from
 * nothing, and compares every row. Meant for a session at rest; a commit in between shows as a difference.
 */
export const verifySession = async (store: Store, sessionId: SessionId, hash: Hash): Promise<Verification> => {
  const chain: Finding[] = [];
  const projections: Finding[] = [];
  const rebuilt = new RowSet(sessionId);
  let seq = -1;
  let lastHash = genesisHash;
  for (;;) {
    const page = await store.events({ sessionId, after: seq, limit: maxEventsPerPage });
    for (const event of page) {
      chain.push(...checkLink(event, { seq: seq + 1, prevHash: lastHash }, hash));
      projections.push(...projectInto(rebuilt, event));
      seq = event.seq;
      lastHash = event.hash;
    }
    if (page.length < maxEventsPerPage) break;
  }
  const head = await store.head(sessionId);
  const found = head === null ? "no session" : `${head.seq} ${head.hash}`;
  if (found !== `${seq} ${lastHash}`) chain.push({ kind: "wrong-head", expected: `${seq} ${lastHash}`, found });
  projections.push(...compareRows(await store.rows(sessionId), rebuilt.snapshot()));
  return { events: seq + 1, chain, projections };
};

const checkLink = (
  event: SealedEnvelope,
  expected: { seq: number; prevHash: string },
  hash: Hash,
): readonly Finding[] => {
  const findings: Finding[] = [];
  if (event.seq !== expected.seq) findings.push({ kind: "gap", seq: expected.seq, found: event.seq });
  if (event.prevHash !== expected.prevHash) findings.push({ kind: "broken-chain", seq: event.seq });
  if (hashOf(event, hash) !== event.hash) findings.push({ kind: "wrong-hash", seq: event.seq });
  return findings;
};

/** The hash that an event should have; undefined where its data could never have been sealed. */
const hashOf = ({ hash: _sealed, ...envelope }: SealedEnvelope, hash: Hash): string | undefined => {
  try {
    return sealEnvelope(envelope, hash).sealed.hash;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
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

import { deepFreeze, parseJson } from "@holdfast/core";
import { isDeletion, RowSet } from "@holdfast/core/store";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { ClaimRow, Floor, FrozenMessage, LogHead, ReplicaRow, SealedDraft } from "@holdfast/core/store";

/** All that the store keeps of one session. Replaced as a whole by each change. */
export interface MemorySession {
  /** The events above the floor. */
  readonly log: readonly SealedEnvelope[];
  readonly rows: RowSet;
  readonly claim: ClaimRow | null;
  readonly floor: Floor | null;
  /** The messages at or below the floor, oldest first. */
  readonly frozen: readonly FrozenMessage[];
  readonly replica: ReplicaRow | null;
  /** Which blob is referred to from where. */
  readonly references: readonly { readonly seq: number; readonly hash: string }[];
}

/** A session of which nothing is kept yet. */
export const emptySession = (sessionId: SessionId): MemorySession => ({
  log: [],
  rows: new RowSet(sessionId),
  claim: null,
  floor: null,
  frozen: [],
  replica: null,
  references: [],
});

/** What is left of a session that was deleted: its last event, and the fence that its claim had reached. */
export const entomb = ({ log, claim }: MemorySession, sessionId: SessionId): MemorySession => ({
  ...emptySession(sessionId),
  log: log.slice(-1),
  claim: claim === null ? null : { ...claim, owner: null },
});

/** The end of a deleted session's log; null where it was not deleted. */
export const tombstoneOf = (session: MemorySession | null): LogHead | null =>
  session !== null && isDeletion(session.log) ? headOf(session) : null;

/** The end of a session's log; null where there is none. */
export const headOf = (session: MemorySession | null): LogHead | null => {
  const last = session?.log.at(-1) ?? session?.floor;
  return last === undefined || last === null ? null : { seq: last.seq, hash: last.hash };
};

/**
 * An event as it is kept: read back from its text, so that a draft with an `undefined` member, or one that its caller changes later,
 * is stored as sealed.
 */
export const asStored = ({ sealed, dataText }: SealedDraft): SealedEnvelope => {
  const data = parseJson(dataText);
  return deepFreeze({ ...sealed, data: data.ok ? data.value : null } as SealedEnvelope);
};

/** Where drafts refer to blobs. */
export const referencesOf = (drafts: readonly SealedDraft[]): MemorySession["references"] =>
  drafts.flatMap(({ sealed, blobs }) => blobs.map((hash) => ({ seq: sealed.seq, hash })));

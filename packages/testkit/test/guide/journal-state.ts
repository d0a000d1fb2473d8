import { isDeletion, RowSet } from "@holdfast/core/store";

import type { OwnerId, SessionId, StoreId } from "@holdfast/core";
import type { Blob, SealedEnvelope } from "@holdfast/core/event";
import type {
  AdmissionRow,
  Approval,
  ApprovalKey,
  Change,
  ClaimRow,
  LogHead,
  OutputKey,
  OwnerRecord,
} from "@holdfast/core/store";

// #region entry
/** A line of the journal: all that one write changes, as plain data. */
export type Entry =
  | {
      readonly kind: "commit";
      readonly sessionId: SessionId;
      readonly events: readonly SealedEnvelope[];
      readonly changes: readonly Change[];
      readonly claim: ClaimRow | null;
      readonly admission: AdmissionRow | null;
      readonly blobs: readonly Blob[];
      readonly approvals: readonly Approval[];
    }
  | { readonly kind: "store"; readonly storeId: StoreId }
  | { readonly kind: "revoked"; readonly approval: ApprovalKey }
  | { readonly kind: "owner"; readonly owner: OwnerRecord }
  | { readonly kind: "retired"; readonly ownerId: OwnerId }
  | { readonly kind: "output"; readonly key: OutputKey; readonly base64: string };
// #endregion entry

/** One session, in memory. */
export class JournalSession {
  readonly log: SealedEnvelope[] = [];
  rows: RowSet;
  claim: ClaimRow | null = null;

  constructor(sessionId: SessionId) {
    this.rows = new RowSet(sessionId);
  }

  /** The end of the log, where it was deleted. */
  get tombstone(): LogHead | null {
    return isDeletion(this.log) ? this.head : null;
  }

  get head(): LogHead | null {
    const last = this.log.at(-1);
    return last === undefined ? null : { seq: last.seq, hash: last.hash };
  }
}

/** What the lines of a journal come to. Opening it and writing to it both end here, so that they cannot differ. */
export class JournalState {
  storeId: StoreId | null = null;
  readonly sessions = new Map<SessionId, JournalSession>();
  readonly owners = new Map<OwnerId, OwnerRecord>();
  readonly blobs = new Map<string, string>();
  readonly approvals = new Map<string, Approval>();
  readonly outputs = new Map<string, Uint8Array>();
  readonly #admissions = new Map<string, AdmissionRow>();

  session(sessionId: SessionId): JournalSession {
    return this.sessions.get(sessionId) ?? new JournalSession(sessionId);
  }

  admission(identity: { messageId: string } | { sessionId: string; idempotencyKey: string }): AdmissionRow | null {
    return this.#admissions.get(identityOf(identity)) ?? null;
  }

  apply(entry: Entry): void {
    if (entry.kind === "store") this.storeId = entry.storeId;
    else if (entry.kind === "owner") this.owners.set(entry.owner.ownerId, entry.owner);
    else if (entry.kind === "retired") this.owners.delete(entry.ownerId);
    else if (entry.kind === "revoked") this.approvals.delete(approvalOf(entry.approval));
    else if (entry.kind === "output") this.outputs.set(outputOf(entry.key), Buffer.from(entry.base64, "base64"));
    else this.#applyCommit(entry);
  }

  #applyCommit({
    sessionId,
    events,
    changes,
    claim,
    admission,
    blobs,
    approvals,
  }: Entry & { readonly kind: "commit" }): void {
    const session = this.session(sessionId);
    this.sessions.set(sessionId, session);
    session.log.push(...events);
    for (const change of changes) session.rows.apply(change);
    session.claim = claim;
    if (isDeletion(events)) this.#entomb(sessionId, session);
    for (const { hash, text } of blobs) this.blobs.set(hash, text);
    for (const approval of approvals) {
      const key = approvalOf(approval);
      if (!this.approvals.has(key)) this.approvals.set(key, approval);
    }
    if (admission === null) return;
    this.#admissions.set(identityOf(admission.messageId), admission);
    const { idempotencyKey } = admission;
    if (idempotencyKey !== null) this.#admissions.set(identityOf({ sessionId, idempotencyKey }), admission);
  }

  /** Of a deleted session its last event and its identities stay. */
  #entomb(sessionId: SessionId, session: JournalSession): void {
    session.log.splice(0, session.log.length - 1);
    session.rows = new RowSet(sessionId);
    for (const name of this.outputs.keys()) if (name.startsWith(`${sessionId} `)) this.outputs.delete(name);
  }
}

/** The name of an output. */
export const outputOf = ({ sessionId, callId, attempt }: OutputKey): string => `${sessionId} ${callId} ${attempt}`;

/** The name of an approval. */
export const approvalOf = ({ project, action, resource, agent }: ApprovalKey): string =>
  JSON.stringify([project, action, resource, agent]);

type Identity = string | { messageId: string } | { sessionId: string; idempotencyKey: string };

const identityOf = (identity: Identity): string => {
  if (typeof identity === "string") return identity;
  return "messageId" in identity ? identity.messageId : `${identity.sessionId} ${identity.idempotencyKey}`;
};

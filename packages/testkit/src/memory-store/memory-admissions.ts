import type { AdmissionRow, CommitPlan } from "@holdfast/core/store";

type Identity = { readonly messageId: string } | { readonly sessionId: string; readonly idempotencyKey: string };

/** Admissions by message and by key. */
export class MemoryAdmissions {
  readonly #rows = new Map<string, AdmissionRow>();

  /** What was admitted under an identity. */
  find(identity: Identity): AdmissionRow | null {
    const key = "messageId" in identity ? identity.messageId : keyOf(identity.sessionId, identity.idempotencyKey);
    return this.#rows.get(key) ?? null;
  }

  /** What was admitted before under a plan's identity. */
  knownTo({ sessionId, admission }: CommitPlan): AdmissionRow | null {
    if (admission === undefined) return null;
    const { messageId, idempotencyKey } = admission;
    const byKey = idempotencyKey === undefined ? null : this.find({ sessionId, idempotencyKey });
    return byKey ?? this.find({ messageId });
  }

  keep(row: AdmissionRow): void {
    this.#rows.set(row.messageId, row);
    if (row.idempotencyKey !== null) this.#rows.set(keyOf(row.sessionId, row.idempotencyKey), row);
  }

  /** Identities of a session's inputs that were withdrawn, or settled, and whose rows are removed, in the order of their admissions. */
  withdrawn(sessionId: string): readonly AdmissionRow[] {
    return [...new Set(this.#rows.values())]
      .filter(
        (row) => row.sessionId === sessionId && (row.disposition === "withdrawn" || row.disposition === "settled"),
      )
      .toSorted((left, right) => left.seq - right.seq);
  }

  /** Keeps what became of a session's input whose row is removed. */
  close(sessionId: string, messageId: string, disposition: AdmissionRow["disposition"]): void {
    const row = this.find({ messageId });
    // A fork's input has the message of its source, whose identity it is.
    if (row?.sessionId === sessionId) this.keep({ ...row, disposition });
  }
}

// A message ID never holds a zero character, so keys and IDs share a map without meeting.
const keyOf = (sessionId: string, idempotencyKey: string): string => `${sessionId}\u0000${idempotencyKey}`;

import { hash as digest } from "node:crypto";

import {
  assertClaim,
  assertExpectedSeq,
  assertInboxRoom,
  assertKnown,
  assertSameAdmission,
  needsFence,
  sealPlan,
} from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";
import { ChangeApplier } from "./apply-change.ts";
import { BlobWriter } from "./blob-writer.ts";
import { ClaimWriter } from "./claim-writer.ts";

import type { Hash } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { AdmissionRow, CommitPlan, CommitResult, LogHead, SealedDraft } from "@holdfast/core/store";
import type { Connection } from "../driver.ts";

/** SHA-256 as 64 hex digits, by Node's one-shot digest (0.5 µs for 500 bytes). */
export const sha256: Hash = (text) => digest("sha256", text);

/** Applies a plan inside a transaction that its caller opened: reads the head, checks, seals, projects, inserts. Synchronous. */
export class PlanApplier {
  readonly #changes: ChangeApplier;
  readonly #claims: ClaimWriter;
  readonly #blobs: BlobWriter;
  readonly #statements;

  constructor(connection: Connection) {
    this.#changes = new ChangeApplier(connection);
    this.#claims = new ClaimWriter(connection);
    this.#blobs = new BlobWriter(connection);
    this.#statements = prepare(connection);
  }

  /** @throws the refusals of `Store.commit`; the caller then rolls back. */
  apply(plan: CommitPlan): CommitResult {
    const head = (this.#statements.head.get(plan.sessionId) as LogHead | undefined) ?? null;
    const known = this.#knownAdmission(plan);
    if (known !== null && head !== null) {
      return { status: "replayed", admission: known, head, claim: this.#claims.read(plan.sessionId) };
    }
    assertKnown(plan, head);
    assertExpectedSeq(plan, head);
    const claimBefore = this.#claims.read(plan.sessionId);
    const counter = plan.claim?.action === "take" ? this.#claims.counterOf(claimBefore) : null;
    assertClaim(plan, { claim: claimBefore, counter }, needsFence(plan));
    const drafts = sealPlan(plan, head, sha256);
    this.#admit(plan, drafts);
    this.#blobs.put(plan.blobs ?? []);
    for (const draft of drafts) this.#insert(plan, draft);
    for (const change of plan.changes ?? []) this.#changes.apply(plan.sessionId, change);
    const last = drafts.at(-1)?.sealed;
    const newHead = last === undefined ? head : { seq: last.seq, hash: last.hash };
    if (newHead === null) throw new TypeError("a plan without events was sealed for a session without a log");
    if (last !== undefined) this.#statements.setHead.run(last.seq, last.hash, plan.sessionId);
    const claim = this.#claims.change(plan, claimBefore, newHead.seq);
    return { status: "committed", events: drafts.map(toReturned), head: newHead, claim };
  }

  #knownAdmission(plan: CommitPlan): AdmissionRow | null {
    const check = plan.admission;
    if (check === undefined) return null;
    const byKey =
      check.idempotencyKey === undefined
        ? undefined
        : this.#statements.admissionByKey.get(plan.sessionId, check.idempotencyKey);
    const known = (byKey ?? this.#statements.admissionById.get(check.messageId)) as AdmissionRow | undefined;
    return known === undefined ? null : assertSameAdmission(plan, check, known);
  }

  #admit(plan: CommitPlan, drafts: readonly SealedDraft[]): void {
    const check = plan.admission;
    if (check === undefined) return;
    const { pending } = this.#statements.pendingInputs.get(plan.sessionId) as { readonly pending: number };
    assertInboxRoom(plan, check, pending);
    const seq = drafts.find(({ sealed }) => sealed.type === "input.admitted")?.sealed.seq;
    if (seq === undefined) throw new TypeError("an admission check wants an input.admitted event in its plan");
    const { messageId, idempotencyKey = null, payloadHash } = check;
    this.#statements.insertAdmission.run(messageId, plan.sessionId, idempotencyKey, payloadHash, seq);
  }

  #insert(plan: CommitPlan, { sealed, dataText, changes, blobs }: SealedDraft): void {
    const { id, seq, type, version, time, fence, prevHash, hash } = sealed;
    const ignorable = sealed.ignorable === true ? 1 : 0;
    this.#statements.insertEvent.run(
      plan.sessionId,
      seq,
      id,
      type,
      version,
      time,
      fence,
      ignorable,
      prevHash,
      hash,
      dataText,
    );
    this.#blobs.refer(sealed, blobs);
    for (const change of changes) this.#changes.apply(plan.sessionId, change);
  }
}

// Parsed from what was stored, so that it shares nothing with the caller's draft; cheaper than a structured clone.
const toReturned = ({ sealed, dataText }: SealedDraft): SealedEnvelope => ({
  ...sealed,
  data: JSON.parse(dataText) as SealedEnvelope["data"],
});

const prepare = (connection: Connection) => {
  const text = "";
  const admission = sqlBuilder.selectFrom("admission").selectAll();
  return {
    head: connection.prepare(
      toSql(
        sqlBuilder
          .selectFrom("session")
          .select(["headSeq as seq", "headHash as hash"])
          .where("sessionId", "=", text as never),
      ),
    ),
    setHead: connection.prepare(
      toSql(
        sqlBuilder
          .updateTable("session")
          .set({ headSeq: 0, headHash: text })
          .where("sessionId", "=", text as never),
      ),
    ),
    insertEvent: connection.prepare(
      toSql(
        sqlBuilder.insertInto("event").values({
          sessionId: text,
          seq: 0,
          id: text,
          type: text,
          version: 1,
          time: 0,
          fence: 0,
          ignorable: 0,
          prevHash: text,
          hash: text,
          data: text,
        }),
      ),
    ),
    admissionById: connection.prepare(toSql(admission.where("messageId", "=", text))),
    admissionByKey: connection.prepare(
      toSql(admission.where("sessionId", "=", text).where("idempotencyKey", "=", text)),
    ),
    insertAdmission: connection.prepare(
      toSql(
        sqlBuilder
          .insertInto("admission")
          .values({ messageId: text, sessionId: text, idempotencyKey: text, payloadHash: text, seq: 0 }),
      ),
    ),
    // Served by input_pending, whose condition must stand in the query as it is.
    pendingInputs: connection.prepare(
      "select count(*) as pending from input where sessionId = ? and state = 'pending'",
    ),
  };
};

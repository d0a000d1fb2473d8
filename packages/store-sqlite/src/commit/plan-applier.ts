import { HoldfastError } from "@holdfast/core";
import {
  assertClaim,
  assertExpectedSeq,
  assertInboxRoom,
  assertKnown,
  assertNotDeleted,
  assertNotReplica,
  assertSameAdmission,
  needsFence,
  sealPrepared,
} from "@holdfast/core/store";

import { TombstoneTable } from "../delete/tombstone-table.ts";
import { AdmissionTable } from "./admission-table.ts";
import { ApprovalTable } from "./approval-table.ts";
import { ClaimWriter } from "./claim-writer.ts";
import { EventWriter } from "./event-writer.ts";
import { ReplicaTable } from "./replica-table.ts";
import { sha256 } from "./sha256.ts";

import type { AdmissionRow, ClaimRow, CommitPlan, CommitResult, LogHead, SealedDraft } from "@holdfast/core/store";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { Connection, Statement } from "../driver.ts";
import type { EventTypes } from "../event-types.ts";
import type { KeyedSession, SessionKeys } from "../session-keys.ts";
import type { CapturedPlan } from "./capture-plan.ts";

/** Applies a plan inside a transaction that its caller opened: reads the head, checks, seals, projects, inserts. Synchronous. */
export class PlanApplier {
  readonly #keys: SessionKeys;
  readonly #types: EventTypes;
  readonly #events: EventWriter;
  readonly #claims: ClaimWriter;
  readonly #admissions: AdmissionTable;
  readonly #replicas: ReplicaTable;
  readonly #approvals: ApprovalTable;
  readonly #tombstones: TombstoneTable;
  readonly #session: Statement;
  readonly #pendingInputs: Statement;

  constructor(connection: Connection, keys: SessionKeys, types: EventTypes) {
    this.#keys = keys;
    this.#types = types;
    this.#events = new EventWriter(connection, types);
    this.#claims = new ClaimWriter(connection);
    this.#admissions = new AdmissionTable(connection, keys);
    this.#replicas = new ReplicaTable(connection);
    this.#approvals = new ApprovalTable(connection);
    this.#tombstones = new TombstoneTable(connection);
    // Whether it is a replica comes along with the head: a look-up of its own would cost each commit more. The claim does not: with
    // joins in place of one more look-up, each commit took 8 µs longer (measured).
    this.#session = connection.prepare(
      `select headSeq as seq, headHash as hash, exists (select 1 from replica where sessionKey = session.sessionKey) as isReplica
       from session where sessionKey = ?`,
    );
    // Served by input_pending, whose condition must stand in the query as it is.
    this.#pendingInputs = connection.prepare(
      "select count(*) as pending from input where sessionKey = ? and state = 'pending'",
    );
  }

  /** To be called when a transaction that writes begins, whatever it writes. */
  begin(): void {
    this.#keys.begin();
    this.#types.begin();
  }

  /** @throws the refusals of `Store.commit`; the caller then rolls back. */
  apply(captured: CapturedPlan): CommitResult {
    const { plan } = captured;
    const known = this.#keys.find(plan.sessionId);
    const head = this.#headOfOwn(plan, known);
    assertKnown(plan, head);
    const session = { sessionId: plan.sessionId, key: known ?? this.#keys.next(plan.sessionId) };
    return this.#applyTo(session, captured, head);
  }

  #applyTo(session: KeyedSession, captured: CapturedPlan, head: LogHead | null): CommitResult {
    const { plan } = captured;
    const known = this.#knownAdmission(plan);
    if (known !== null && head !== null) {
      return { status: "replayed", admission: known, head, claim: this.#claims.read(session) };
    }
    assertExpectedSeq(plan, head);
    const claimBefore = this.#claims.read(session);
    const counter = plan.claim?.action === "take" ? this.#claims.counterOf(claimBefore) : null;
    assertClaim(plan, { claim: claimBefore, counter }, needsFence(plan));
    const drafts = sealCaptured(captured, head);
    this.#admit(session, plan, drafts);
    if (captured.falseBlob !== null) throw captured.falseBlob;
    this.#events.keepBlobs(plan.blobs ?? []);
    for (const draft of drafts) this.#events.insert(session, draft);
    for (const change of plan.changes ?? []) this.#events.change(session, change);
    const last = drafts.at(-1)?.sealed;
    const newHead = last === undefined ? head : { seq: last.seq, hash: last.hash };
    if (newHead === null) throw new TypeError("a plan without events was sealed for a session without a log");
    if (last !== undefined) this.#events.setHead(session, newHead);
    const events = drafts.map(({ sealed }) => sealed);
    const claim = this.#claims.change(session, plan, { claim: claimBefore, headSeq: newHead.seq });
    const left = this.#applyRest(session, plan, { last, claim });
    return { status: "committed", events, head: newHead, claim: left };
  }

  /** What a plan does beside its events and its claim. Returns the claim as it is then. */
  #applyRest(
    session: KeyedSession,
    plan: CommitPlan,
    { last, claim }: { readonly last: SealedEnvelope | undefined; readonly claim: ClaimRow | null },
  ): ClaimRow | null {
    if (plan.approvals !== undefined) this.#approvals.keep(plan.approvals);
    if (plan.release === true) this.#replicas.remove(session);
    if (last?.type !== "session.deleted") return claim;
    this.#tombstones.entomb(session, last);
    return claim === null ? null : { ...claim, owner: null };
  }

  #headOfOwn(plan: CommitPlan, key: number | null): LogHead | null {
    const found = key === null ? undefined : (this.#session.get(key) as HeadRow | undefined);
    // Looked up only where there is no session: a commit to one that is there pays nothing for it.
    if (found === undefined) assertNotDeleted(plan.sessionId, this.#tombstones.find(key));
    const isReplica = key !== null && found?.isReplica === 1;
    assertNotReplica(plan, isReplica ? this.#replicas.find({ sessionId: plan.sessionId, key }) : null);
    return found === undefined ? null : { seq: found.seq, hash: found.hash };
  }

  #knownAdmission(plan: CommitPlan): AdmissionRow | null {
    const { admission: check, sessionId } = plan;
    if (check === undefined) return null;
    const { messageId, idempotencyKey } = check;
    const byKey = idempotencyKey === undefined ? null : this.#admissions.find({ sessionId, idempotencyKey });
    const known = byKey ?? this.#admissions.find({ messageId });
    return known === null ? null : assertSameAdmission(plan, check, known);
  }

  #admit({ key }: KeyedSession, plan: CommitPlan, drafts: readonly SealedDraft[]): void {
    const check = plan.admission;
    if (check === undefined) return;
    const { pending } = this.#pendingInputs.get(key) as { readonly pending: number };
    assertInboxRoom(plan, check, pending);
    const isAdmission = ({ sealed }: SealedDraft) =>
      sealed.type === "input.admitted" && sealed.data["messageId"] === check.messageId;
    const event = drafts.find(isAdmission)?.sealed;
    if (event === undefined) throw admissionWithoutEvent(plan, check.messageId);
    const { messageId, idempotencyKey = null, payloadHash } = check;
    const { seq, hash } = event;
    const delivery = event.data["delivery"] as AdmissionRow["delivery"];
    const row = { messageId, idempotencyKey, payloadHash, seq, hash, delivery, disposition: null };
    this.#admissions.insert(key, row);
  }
}

const sealCaptured = ({ plan, drafts, invalid }: CapturedPlan, head: LogHead | null): readonly SealedDraft[] => {
  if (invalid !== null) throw invalid.error;
  return sealPrepared(plan, { drafts, head, hash: sha256 });
};

type HeadRow = LogHead & { readonly isReplica: number };

const admissionWithoutEvent = ({ sessionId }: CommitPlan, messageId: string): HoldfastError<"event.invalid-data"> =>
  new HoldfastError("event.invalid-data", {
    message: `Expected an input.admitted event of message ${messageId} in the plan that admits it, found none. Put both into one plan.`,
    data: { type: "input.admitted", sessionId },
  });

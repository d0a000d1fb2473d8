import { HoldfastError } from "@holdfast/core";
import { prepareDraft } from "@holdfast/core/store";

import { copyJson } from "./copy-json.ts";
import { sha256 } from "./sha256.ts";

import type { SessionId } from "@holdfast/core";
import type { Blob, EventDraft } from "@holdfast/core/event";
import type { Change, ClaimChange, CommitPlan, PreparedDraft } from "@holdfast/core/store";

/** A plan that shares nothing with whoever made it: it may wait for the write lock while its maker goes on with its objects. */
export interface CapturedPlan {
  readonly plan: CommitPlan;
  readonly drafts: readonly PreparedDraft[];
  /** Why its events cannot be sealed; refused in its turn, after what is checked before. */
  readonly invalid: { readonly error: unknown } | null;
  /** Why its blobs cannot be kept. */
  readonly falseBlob: HoldfastError | null;
}

/**
 * Copies a plan and checks its events and blobs, before it waits: what takes long is done without the write lock, and once, however
 * often the plan is tried. An event's data are copied for the answer, equal to what is read of their canonical text later on.
 */
export const capturePlan = (given: CommitPlan): CapturedPlan => {
  const { fence, claim, admission, changes, blobs, approvals } = given;
  const copies = {
    ...(fence === undefined ? {} : { fence: { ...fence } }),
    ...(claim === undefined ? {} : { claim: copyOf(claim) }),
    ...(admission === undefined ? {} : { admission: { ...admission } }),
    ...(changes === undefined ? {} : { changes: changes.map(copyOfChange) }),
    ...(approvals === undefined ? {} : { approvals: structuredClone(approvals) }),
    ...(blobs === undefined ? {} : { blobs: blobs.map((blob) => ({ ...blob })) }),
  };
  const falseBlob = falseBlobOf(copies.blobs ?? []);
  try {
    const drafts = given.events.map((draft) => captureDraft(draft, given.sessionId));
    const plan = { ...given, ...copies, events: drafts.map(({ draft }) => draft) };
    return { plan, drafts, invalid: null, falseBlob };
  } catch (error) {
    const plan = { ...given, ...copies, events: given.events.map((draft) => ({ ...draft })) };
    return { plan, drafts: [], invalid: { error }, falseBlob };
  }
};

const captureDraft = (draft: EventDraft, sessionId: SessionId): PreparedDraft => {
  const { dataText } = prepareDraft(draft, sessionId);
  const data = copyJson(draft.data) as never;
  return { draft: { ...draft, data, ...(draft.blobs === undefined ? {} : { blobs: [...draft.blobs] }) }, dataText };
};

const copyOf = (claim: ClaimChange): ClaimChange =>
  claim.action === "take" && claim.expected !== null ? { ...claim, expected: { ...claim.expected } } : { ...claim };

// Rows and filters are flat but for lists of values, and a clone of the whole costs five times as much (measured).
const copyOfChange = (change: Change): Change => {
  if (change.op === "insert") return { ...change, row: { ...change.row } } as Change;
  const where: { [column: string]: unknown } = { ...change.where };
  for (const column in where) if (Array.isArray(where[column])) where[column] = [...(where[column] as unknown[])];
  if (change.op === "require" || change.op === "delete") return { ...change, where };
  const { set, add } = change;
  return {
    ...change,
    where,
    ...(set === undefined ? {} : { set: { ...set } }),
    ...(add === undefined ? {} : { add: { ...add } }),
  } as Change;
};

const falseBlobOf = (blobs: readonly Blob[]): HoldfastError | null => {
  const found = blobs.find(
    ({ hash, bytes, text }) => typeof text !== "string" || sha256(text) !== hash || Buffer.byteLength(text) !== bytes,
  );
  if (found === undefined) return null;
  return new HoldfastError("store.blob-missing", {
    message: `Expected the text of blob ${found.hash} in the plan that brings it, found another: a blob's name is its text's SHA-256, beside its length in UTF-8 bytes. Make it with toTextValue.`,
    data: { hash: found.hash },
  });
};

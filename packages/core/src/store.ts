// Entry "./store": for who writes a store.
export { describeChange } from "./store/change.ts";
export { conditionFailed, RowSet } from "./store/row-set.ts";
export { maxOutputBytes } from "./store/output.ts";
export {
  assertClaim,
  assertExpectedSeq,
  assertInboxRoom,
  assertKnown,
  assertSameAdmission,
  blobMissing,
} from "./store/refusals.ts";
export { needsFence, sealPlan } from "./store/seal-plan.ts";
export { maxEventsPerPage, maxMessagesPerPage } from "./store/store.ts";
export { tableKeys, tableNames } from "./store/rows.ts";
export { compareRows, verifySession } from "./store/verify.ts";

export type { Change, InsertRow, RequireRow, RowFilter, UpdateRow } from "./store/change.ts";
export type { ClaimChange, ClaimRow, Fence, OwnerRecord } from "./store/claim.ts";
export type { OutputKey, OutputPage } from "./store/output.ts";
export type { AdmissionCheck, AdmissionRow, CommitPlan, CommitResult, LogHead } from "./store/plan.ts";
export type { HistoryPage, RowSnapshot, SessionQuery, SessionSnapshot, Workload } from "./store/reads.ts";
export type { ClaimView } from "./store/refusals.ts";
export type {
  AttemptRow,
  BlockRow,
  CallRow,
  ExecutionRow,
  InputRow,
  MessageRow,
  Rows,
  Scalar,
  SessionRow,
  StepRow,
  TableName,
} from "./store/rows.ts";
export type { SealedDraft } from "./store/seal-plan.ts";
export type { DirtyListener } from "./store/signal.ts";
export type { Store, StoreCapabilities } from "./store/store.ts";
export type { Finding, Verification } from "./store/verify.ts";

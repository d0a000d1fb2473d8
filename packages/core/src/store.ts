// Entry "./store": for who writes a store.
export { checkImport } from "./store/check-import.ts";
export { floorRowsOf, isOpenAt, isSettled, rowOfFrozen, rowsAbove } from "./store/floor-rows.ts";
export { planPrune } from "./store/plan-prune.ts";
export { fenceFault } from "./store/fence-fault.ts";
export { hashFloor } from "./store/hash-floor.ts";
export { assertNotDeleted, isDeletion, sessionDeleted } from "./store/deletion.ts";
export { readLog } from "./store/read-log.ts";
export { readTombstone } from "./store/read-tombstone.ts";
export { pruneSessions } from "./store/prune-sessions.ts";
export { freezeMessage, hashFrozen, thawMessage } from "./store/freeze-message.ts";
export { describeChange } from "./store/change.ts";
export { assertPage, assertWindow } from "./store/assert-page.ts";
export { conditionFailed, RowSet } from "./store/row-set.ts";
export { maxOutputBytes } from "./store/output.ts";
export { outputChunks, outputSize, wholeOutput } from "./store/output-content.ts";
export {
  assertClaim,
  assertExpectedSeq,
  assertFloor,
  assertInboxRoom,
  assertKnown,
  assertNotReplica,
  assertSameAdmission,
  blobMissing,
} from "./store/refusals.ts";
export { needsFence, prepareDraft, sealPlan, sealPrepared } from "./store/seal-plan.ts";
export { maxEventsPerPage, maxMessagesPerPage } from "./store/store.ts";
export { tableKeys, tableNames } from "./store/rows.ts";
export { selectApprovals } from "./store/select-approvals.ts";
export { maxAsksPerPage, selectAsks } from "./store/select-asks.ts";
export { sharesBeginning } from "./store/shares-beginning.ts";
export { compareRows, verifySession } from "./store/verify.ts";
export { frozenMessages } from "./store/verify-frozen.ts";
export { adoptRows } from "./transfer/adopt-rows.ts";
export { exportFormat, exportVersion } from "./transfer/export-line.ts";
export { exportLines } from "./transfer/export-lines.ts";
export { importLines } from "./transfer/import-lines.ts";

export type { Approval, ApprovalKey } from "./store/approval.ts";
export type { Change, DeleteRow, InsertRow, RequireRow, RowFilter, UpdateRow } from "./store/change.ts";
export type { ClaimChange, ClaimRow, Fence, OwnerRecord } from "./store/claim.ts";
export type { Floor, FrozenMessage, PrunePlan, PruneResult } from "./store/floor.ts";
export type { CheckedImport } from "./store/check-import.ts";
export type { FenceFault } from "./store/fence-fault.ts";
export type { ImportGround } from "./store/import-ground.ts";
export type { ImportBatch, ImportResult } from "./store/import-batch.ts";
export type { OutputKey, OutputPage } from "./store/output.ts";
export type { OutputContent, OutputPieces } from "./store/output-content.ts";
export type { AdmissionCheck, AdmissionRow, CommitPlan, CommitResult, LogHead } from "./store/plan.ts";
export type { AskQuery, HistoryPage, SessionQuery, SessionSnapshot, Workload } from "./store/reads.ts";
export type { ClaimView, FloorGround } from "./store/refusals.ts";
export type { PrunePolicy } from "./store/prune-policy.ts";
export type { PruneReport } from "./store/prune-sessions.ts";
export type { ReplicaRow } from "./store/replica.ts";
export type {
  AskRow,
  AttemptRow,
  BlockRow,
  ContextRow,
  CallRow,
  CompactionRow,
  ExecutionRow,
  InputRow,
  MessageRow,
  Rows,
  RowSnapshot,
  Scalar,
  SessionRow,
  StepRow,
  TableName,
  TodoRow,
} from "./store/rows.ts";
export type { PreparedDraft, SealedDraft } from "./store/seal-plan.ts";
export type { DirtyListener } from "./store/signal.ts";
export type { Store, StoreCapabilities } from "./store/store.ts";
export type { FrozenFinding } from "./store/verify-frozen.ts";
export type { Finding, Verification } from "./store/verify.ts";
export type { AdoptRow } from "./transfer/adopt-row.ts";
export type { Adoption, AdoptPorts, SetAside } from "./transfer/adopt-rows.ts";
export type { ImportedLines, ImportLinesOptions } from "./transfer/import-lines.ts";

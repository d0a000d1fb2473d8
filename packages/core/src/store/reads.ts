import type { SealedEnvelope } from "../event/envelope.ts";
import type { AskId, CallId, SessionId } from "../ids/id.ts";
import type { ClaimRow, OwnerRecord } from "./claim.ts";
import type { FrozenMessage } from "./floor.ts";
import type { LogHead } from "./plan.ts";
import type { ReplicaRow } from "./replica.ts";
import type {
  AskRow,
  AttemptRow,
  CallRow,
  CompactionRow,
  ExecutionRow,
  InputRow,
  MessageRow,
  SessionRow,
  StepRow,
} from "./rows.ts";

/** All that decides what a session does next, read at one moment. */
export interface SessionSnapshot {
  readonly session: SessionRow;
  readonly head: LogHead;
  readonly claim: ClaimRow | null;
  /** The renewal row of the claim's owner, where there is one. */
  readonly owner: OwnerRecord | null;
  /** The latest execution, open or ended. */
  readonly execution: ExecutionRow | null;
  /** The latest step of the latest execution. */
  readonly step: StepRow | null;
  /** The latest attempt of that step. */
  readonly attempt: AttemptRow | null;
  /** Calls that are not settled, in the order in which they were called. */
  readonly calls: readonly CallRow[];
  /** Pending inputs in admission order, woken or not. */
  readonly inputs: readonly InputRow[];
  /** Asks that are open, in the order in which they were opened. */
  readonly asks: readonly AskRow[];
  /** The session's compactions; null where there was none. */
  readonly compaction: CompactionRow | null;
  /** Seq of the last settled call or ended step: what counts as progress between two recoveries. -1 for none. */
  readonly progressSeq: number;
  /** Set where the session came from another store and was not released. */
  readonly replica: ReplicaRow | null;
}

/** A page of messages, and every event that they are made of. */
export interface HistoryPage {
  readonly messages: readonly MessageRow[];
  /** The events of these messages in seq order: admissions, promotions, attempts and their steps, blocks, calls, outcomes. */
  readonly events: readonly SealedEnvelope[];
  /** Those of the messages whose events were pruned. */
  readonly frozen: readonly FrozenMessage[];
  readonly head: LogHead;
}

/** Which sessions to list: newest first by creation time, then ID. */
export interface SessionQuery {
  readonly limit: number;
  readonly directory?: string;
  readonly parentId?: SessionId;
  /** Found anywhere in the title, case-insensitively for ASCII. */
  readonly search?: string;
  /** Where the page before ended. */
  readonly before?: { readonly createdTime: number; readonly sessionId: SessionId };
}

/** A session with work that nobody may be doing: an open execution, or woken input that no execution took. */
export interface Workload {
  readonly sessionId: SessionId;
  readonly execution: ExecutionRow | null;
  readonly claim: ClaimRow | null;
  readonly owner: OwnerRecord | null;
}

/** Which asks to read: by session, then in the order in which they were opened. */
export interface AskQuery {
  /** Those of one session. */
  readonly sessionId?: SessionId;
  /** Those of all sessions beneath one root, itself included. */
  readonly rootId?: SessionId;
  readonly callId?: CallId;
  readonly askId?: AskId;
  /** What the answer is bound to. */
  readonly identity?: string;
  readonly state?: AskRow["state"];
  /** Where the page before ended. */
  readonly after?: { readonly sessionId: SessionId; readonly seq: number };
  readonly limit: number;
}

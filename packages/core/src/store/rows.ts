import type { AskKind } from "../event/ask-events.ts";
import type { AskId, CallId, ExecutionId, MessageId, SessionId, StepId } from "../ids/id.ts";

/** What a column holds. Rows are shaped for storage: booleans are 0 and 1, structured values their canonical JSON. */
export type Scalar = string | number | null;

/** One session, as its events leave it. The head of its log is kept by the store, beside the row. */
export interface SessionRow {
  readonly sessionId: SessionId;
  readonly parentId: SessionId | null;
  /** The session at the top of the line of parents: itself, where it has none. */
  readonly rootId: SessionId;
  readonly directory: string;
  readonly workspaceId: string | null;
  readonly project: string;
  readonly agent: string;
  /** Canonical JSON of the session's model, if it has one of its own. */
  readonly model: string | null;
  readonly title: string;
  /** Canonical JSON of the rule lists inherited from ancestors. */
  readonly denies: string;
  readonly createdTime: number;
  /** Tokens of all attempts so far, and what they cost. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
  /** Tokens of all attempts since the last promotion, in and out, and what they cost: what a budget bounds. */
  readonly activityTokens: number;
  readonly activityCost: number;
}

/** One admitted input. Its text stays in its event, at `valueSeq`. */
export interface InputRow {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  /** Where it was admitted: admission order. */
  readonly seq: number;
  readonly kind: "prompt" | "compaction";
  readonly delivery: "steer" | "queue";
  /** `settled`: a request to compact that was answered, by a summary or a failure. */
  readonly state: "pending" | "promoted" | "withdrawn" | "settled";
  /** 0 while it was only recorded and not woken: not promotable. */
  readonly awake: number;
  readonly promotedSeq: number | null;
  /** Where it left the inbox otherwise: withdrawn, or settled. */
  readonly withdrawnSeq: number | null;
  /** Seq of the event that holds its content: its admission, or the last replacement. */
  readonly valueSeq: number;
  /** Seq of the input's last event. */
  readonly version: number;
}

/** One message of history. Rows keep their creating seq for ever, and history is ordered by it. */
export interface MessageRow {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  readonly seq: number;
  /** A user's message has the ID of its input, whose event holds the text. */
  readonly role: "user" | "assistant" | "system";
}

/** One block of text or reasoning. Its value stays in its event, at `seq`. */
export interface BlockRow {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  readonly position: number;
  readonly seq: number;
  readonly kind: "text" | "reasoning";
}

/** One tool call. Its input, effect and outcome stay in their events. */
export interface CallRow {
  readonly sessionId: SessionId;
  readonly callId: CallId;
  readonly messageId: MessageId;
  readonly stepId: StepId;
  readonly position: number;
  readonly name: string;
  readonly state: "called" | "begun" | "settled";
  readonly calledSeq: number;
  /** Seq of the last `tool.begun`. */
  readonly begunSeq: number | null;
  /** How often it was begun. */
  readonly begun: number;
  readonly settledSeq: number | null;
}

/** One execution. */
export interface ExecutionRow {
  readonly sessionId: SessionId;
  readonly executionId: ExecutionId;
  readonly seq: number;
  readonly state: "open" | "ended";
  readonly runtime: string;
  /** Canonical JSON of the rule lists in force at its start. */
  readonly denies: string;
  readonly interruptSeq: number | null;
  readonly outcome: "completed" | "failed" | "interrupted" | "budget" | null;
  readonly endedSeq: number | null;
}

/** One step. */
export interface StepRow {
  readonly sessionId: SessionId;
  readonly stepId: StepId;
  readonly executionId: ExecutionId;
  readonly seq: number;
  /** Position in its activity, from 1. */
  readonly position: number;
  readonly state: "open" | "ended" | "failed";
  readonly endedSeq: number | null;
}

/** One attempt of a step. */
export interface AttemptRow {
  readonly sessionId: SessionId;
  readonly stepId: StepId;
  readonly attempt: number;
  readonly messageId: MessageId;
  readonly seq: number;
  /** `retried`: it ended with an error, after which a retry was scheduled. */
  readonly state: "open" | "finished" | "cut" | "error" | "retried";
  readonly endedSeq: number | null;
}

/** One ask. What is shown and what was answered stay in their events. */
export interface AskRow {
  readonly sessionId: SessionId;
  readonly askId: AskId;
  readonly executionId: ExecutionId;
  /** Null where the execution itself waits. */
  readonly callId: CallId | null;
  readonly kind: AskKind;
  /** What the answer is bound to. */
  readonly identity: string;
  readonly state: "open" | "answered" | "expired";
  /** Where it was opened. */
  readonly seq: number;
  /** Where it was answered, or expired. */
  readonly closedSeq: number | null;
  /** When it expires unanswered, in epoch milliseconds. */
  readonly expires: number | null;
}

/** A session's todos, once there were any. The list is in the row: it outlives its event, which may be pruned. */
export interface TodoRow {
  readonly sessionId: SessionId;
  /** Where it was written last. */
  readonly seq: number;
  /** Canonical JSON of the items, at most 64 KiB. */
  readonly items: string;
}

/** A session's compactions, once there was any. The summary is in the row: it outlives its event, which may be pruned. */
export interface CompactionRow {
  readonly sessionId: SessionId;
  /** Where the last one started. */
  readonly seq: number;
  /** `aborted`: it was stopped, or its process died. */
  readonly state: "open" | "ended" | "failed" | "aborted";
  readonly endedSeq: number | null;
  /** How many automatic ones in a row have not brought the request below its threshold. */
  readonly streak: number;
  /** Where the last summary was written; null where there is none. */
  readonly summarySeq: number | null;
  /** The last message that the summary stands for; -1 where there is none. */
  readonly throughSeq: number;
  /** At most 64 KiB; empty where there is none. */
  readonly summary: string;
}

/** What the model was told of one source of the system context. Its texts are in the row: they outlive their event, which may be pruned. */
export interface ContextRow {
  readonly sessionId: SessionId;
  readonly key: string;
  /** Where it stands in the baseline of its epoch. */
  readonly position: number;
  /** Its part of the baseline of the open epoch; null where it has none, or no epoch is open. */
  readonly epoch: string | null;
  /** Of the value that the model was told last; null where it was told that it is gone, and only its part of the baseline is left. */
  readonly hash: string | null;
  /** That value as a baseline would tell it, at most 32 KiB. */
  readonly text: string;
  /** What is told when it is gone. */
  readonly removal: string;
  /** Where it was told first in its epoch: of a part of the baseline, where the epoch opened. */
  readonly seq: number;
}

/** The projected tables, by name. */
export interface Rows {
  readonly session: SessionRow;
  readonly input: InputRow;
  readonly message: MessageRow;
  readonly block: BlockRow;
  readonly call: CallRow;
  readonly execution: ExecutionRow;
  readonly step: StepRow;
  readonly attempt: AttemptRow;
  readonly ask: AskRow;
  readonly todo: TodoRow;
  readonly compaction: CompactionRow;
  readonly context: ContextRow;
}

/** The name of a projected table. */
export type TableName = keyof Rows;

/** Every projected row of one session, each table in the order of its primary key. */
export type RowSnapshot = { readonly [T in TableName]: readonly Rows[T][] };

/** The primary key of each table; every table is also scoped by `sessionId`. */
export const tableKeys = {
  session: ["sessionId"],
  input: ["sessionId", "messageId"],
  message: ["sessionId", "messageId"],
  block: ["sessionId", "messageId", "position"],
  call: ["sessionId", "callId"],
  execution: ["sessionId", "executionId"],
  step: ["sessionId", "stepId"],
  attempt: ["sessionId", "stepId", "attempt"],
  ask: ["sessionId", "askId"],
  todo: ["sessionId"],
  compaction: ["sessionId"],
  context: ["sessionId", "key"],
} as const satisfies { readonly [T in TableName]: readonly (keyof Rows[T])[] };

/** The names of the projected tables, in a fixed order. */
export const tableNames = Object.keys(tableKeys) as readonly TableName[];

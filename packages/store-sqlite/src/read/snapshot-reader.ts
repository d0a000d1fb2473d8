import { readClaimSql } from "../commit/claim-writer.ts";
import { readReplicaSql } from "../commit/replica-table.ts";
import { sqlBuilder, toSql } from "../compile.ts";
import { selectRowsSql } from "./row-columns.ts";
import { sessionColumns } from "./session-columns.ts";

import type {
  AskRow,
  AttemptRow,
  CallRow,
  ClaimRow,
  CompactionRow,
  ExecutionRow,
  InputRow,
  OwnerRecord,
  ReplicaRow,
  SessionRow,
  SessionSnapshot,
  StepRow,
} from "@holdfast/core/store";
import type { Connection } from "../driver.ts";
import type { KeyedSession } from "../session-keys.ts";

/** Reads all that decides what a session does next. Its caller opens the transaction that makes it one moment. */
export class SnapshotReader {
  readonly #statements;

  constructor(connection: Connection) {
    this.#statements = prepare(connection);
  }

  read({ sessionId, key }: KeyedSession): SessionSnapshot | null {
    const found = this.#statements.session.get(key) as
      | (SessionRow & { readonly headSeq: number; readonly headHash: string })
      | undefined;
    if (found === undefined) return null;
    const { headSeq, headHash, ...session } = found;
    const claim = (this.#statements.claim.get(sessionId, key) as ClaimRow | undefined) ?? null;
    const execution = (this.#statements.execution.get(sessionId, key) as ExecutionRow | undefined) ?? null;
    const step =
      execution === null
        ? null
        : ((this.#statements.step.get(sessionId, key, execution.executionId) as StepRow | undefined) ?? null);
    const attempt =
      step === null
        ? null
        : ((this.#statements.attempt.get(sessionId, key, step.stepId) as AttemptRow | undefined) ?? null);
    return {
      session,
      head: { seq: headSeq, hash: headHash },
      claim,
      owner: this.owner(claim),
      execution,
      step,
      attempt,
      calls: step === null ? [] : (this.#statements.calls.all(sessionId, key, step.stepId) as CallRow[]),
      inputs: this.#statements.inputs.all(sessionId, sessionId) as InputRow[],
      asks: this.#statements.asks.all(sessionId, key) as AskRow[],
      compaction: (this.#statements.compaction.get(sessionId, key) as CompactionRow | undefined) ?? null,
      progressSeq: this.#statements.progress.get(key, step?.stepId ?? "", key) as number,
      replica: (this.#statements.replica.get(sessionId, key) as ReplicaRow | undefined) ?? null,
    };
  }

  /** The renewal row of a claim's owner. */
  owner(claim: ClaimRow | null): OwnerRecord | null {
    if (claim === null || claim.owner === null) return null;
    return (this.#statements.owner.get(claim.owner) as OwnerRecord | undefined) ?? null;
  }
}

const prepare = (connection: Connection) => {
  const session = sqlBuilder.selectFrom("session").select([...sessionColumns, "headSeq", "headHash"]);
  const latest = "order by seq desc limit 1";
  return {
    session: connection.prepare(toSql(session.where("sessionKey", "=", 0))),
    claim: connection.prepare(readClaimSql),
    replica: connection.prepare(readReplicaSql),
    owner: connection.prepare(toSql(sqlBuilder.selectFrom("owner").selectAll().where("ownerId", "=", ""))),
    execution: connection.prepare(`${selectRowsSql("execution")} ${latest}`),
    // The last step of the last execution is the session's last one, or there is none yet.
    step: connection.prepare(`select * from (${selectRowsSql("step")} ${latest}) where executionId = ?`),
    attempt: connection.prepare(`${selectRowsSql("attempt")} and stepId = +? order by attempt desc limit 1`),
    // Calls that are open are the last step's: it ends when they are settled. The file has no statistics, and by itself SQLite would go
    // over all calls of the session, so the index is said.
    calls: connection.prepare(
      `${selectRowsSql("call", { index: "call_step" })} and stepId = +? and state in ('called', 'begun') order by calledSeq`,
    ),
    // The states stand in the text of these two: a bound one would not be served by the partial indexes.
    inputs: connection.prepare(`${selectRowsSql("input", { scope: "sessionId" })} and state = 'pending' order by seq`),
    // By itself SQLite would go over all of them in their order.
    asks: connection.prepare(`${selectRowsSql("ask", { index: "ask_open" })} and state = 'open' order by seq`),
    compaction: connection.prepare(selectRowsSql("compaction")),
    // A step ends after its calls: what was settled before the last one began is older than the end of the one before.
    progress: connection
      .prepare(
        `select max(
          coalesce((select max(settledSeq) from call indexed by call_step where sessionKey = +? and stepId = +?), -1),
          coalesce((select max(endedSeq) from (select endedSeq from step where sessionKey = +? order by seq desc limit 2)), -1)
        )`,
      )
      .pluck(),
  };
};

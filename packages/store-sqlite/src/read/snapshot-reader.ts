import { sqlBuilder, toSql } from "../compile.ts";
import { sessionColumns } from "./session-columns.ts";

import type { SessionId } from "@holdfast/core";
import type {
  AttemptRow,
  CallRow,
  ClaimRow,
  ExecutionRow,
  InputRow,
  OwnerRecord,
  SessionRow,
  SessionSnapshot,
  StepRow,
} from "@holdfast/core/store";
import type { Connection } from "../driver.ts";

/** Reads all that decides what a session does next. Its caller opens the transaction that makes it one moment. */
export class SnapshotReader {
  readonly #statements;

  constructor(connection: Connection) {
    this.#statements = prepare(connection);
  }

  read(sessionId: SessionId): SessionSnapshot | null {
    const found = this.#statements.session.get(sessionId) as
      | (SessionRow & { readonly headSeq: number; readonly headHash: string })
      | undefined;
    if (found === undefined) return null;
    const { headSeq, headHash, ...session } = found;
    const claim = (this.#statements.claim.get(sessionId) as ClaimRow | undefined) ?? null;
    const execution = (this.#statements.execution.get(sessionId) as ExecutionRow | undefined) ?? null;
    const step =
      execution === null
        ? null
        : ((this.#statements.step.get(sessionId, execution.executionId) as StepRow | undefined) ?? null);
    const attempt =
      step === null ? null : ((this.#statements.attempt.get(sessionId, step.stepId) as AttemptRow | undefined) ?? null);
    const { progressSeq } = this.#statements.progress.get(sessionId, sessionId) as { readonly progressSeq: number };
    return {
      session,
      head: { seq: headSeq, hash: headHash },
      claim,
      owner: this.owner(claim),
      execution,
      step,
      attempt,
      calls: this.#statements.calls.all(sessionId) as CallRow[],
      inputs: this.#statements.inputs.all(sessionId) as InputRow[],
      progressSeq,
    };
  }

  /** The renewal row of a claim's owner. */
  owner(claim: ClaimRow | null): OwnerRecord | null {
    if (claim === null || claim.owner === null) return null;
    return (this.#statements.owner.get(claim.owner) as OwnerRecord | undefined) ?? null;
  }
}

const prepare = (connection: Connection) => {
  const text = "" as never;
  return {
    session: connection.prepare(
      toSql(
        sqlBuilder
          .selectFrom("session")
          .select([...sessionColumns, "headSeq", "headHash"])
          .where("sessionId", "=", text),
      ),
    ),
    claim: connection.prepare(toSql(sqlBuilder.selectFrom("claim").selectAll().where("sessionId", "=", text))),
    owner: connection.prepare(toSql(sqlBuilder.selectFrom("owner").selectAll().where("ownerId", "=", text))),
    execution: connection.prepare(
      toSql(sqlBuilder.selectFrom("execution").selectAll().where("sessionId", "=", text).orderBy("seq", "desc")).concat(
        " limit 1",
      ),
    ),
    step: connection.prepare(
      toSql(
        sqlBuilder
          .selectFrom("step")
          .selectAll()
          .where("sessionId", "=", text)
          .where("executionId", "=", text)
          .orderBy("seq", "desc"),
      ).concat(" limit 1"),
    ),
    attempt: connection.prepare(
      toSql(
        sqlBuilder
          .selectFrom("attempt")
          .selectAll()
          .where("sessionId", "=", text)
          .where("stepId", "=", text)
          .orderBy("attempt", "desc"),
      ).concat(" limit 1"),
    ),
    // The states stand in the text of these two: a bound one would not be served by the partial indexes.
    calls: connection.prepare(
      "select * from call where sessionId = ? and state in ('called', 'begun') order by calledSeq",
    ),
    inputs: connection.prepare("select * from input where sessionId = ? and state = 'pending' order by seq"),
    progress: connection.prepare(
      `select max(
        coalesce((select max(settledSeq) from call where sessionId = ? and settledSeq is not null), -1),
        coalesce((select max(endedSeq) from step where sessionId = ? and endedSeq is not null), -1)
      ) as progressSeq`,
    ),
  };
};

import { sqlBuilder, toSql } from "../compile.ts";

import type { Approval, ApprovalKey } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";

/** Saved approvals. An approval for every agent is kept under the empty name, so that the key tells it from others. */
export class ApprovalTable {
  readonly #list: Statement;
  readonly #keep: Statement;
  readonly #remove: Statement;

  constructor(connection: Connection) {
    // Served by the primary key, which begins with the project.
    this.#list = connection.prepare(
      `select project, action, resource, nullif(agent, '') as agent, askId, sessionId, time from approval
       where project = ? order by time, action, resource, agent`,
    );
    const row = { project: "", action: "", resource: "", agent: "", askId: "", sessionId: "", time: 0 };
    this.#keep = connection.prepare(
      toSql(
        sqlBuilder
          .insertInto("approval")
          .values(row)
          .onConflict((conflict) => conflict.doNothing()),
      ),
    );
    this.#remove = connection.prepare(
      "delete from approval where project = ? and action = ? and resource = ? and agent = ?",
    );
  }

  of(project: string): readonly Approval[] {
    return this.#list.all(project) as Approval[];
  }

  /** One of the same key stays as it is. */
  keep(approvals: readonly Approval[]): void {
    for (const { project, action, resource, agent, askId, sessionId, time } of approvals) {
      this.#keep.run(project, action, resource, agent ?? "", askId, sessionId, time);
    }
  }

  revoke({ project, action, resource, agent }: ApprovalKey): boolean {
    return this.#remove.run(project, action, resource, agent ?? "").changes > 0;
  }
}

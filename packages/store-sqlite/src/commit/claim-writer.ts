import { sqlBuilder, toSql } from "../compile.ts";

import type { ClaimRow, CommitPlan } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { KeyedSession } from "../session-keys.ts";

/** Reads and changes the claim of a session inside a plan's transaction. */
export class ClaimWriter {
  readonly #read: Statement;
  readonly #counter: Statement;
  readonly #take: Statement;
  readonly #release: Statement;
  readonly #raise: Statement;

  constructor(connection: Connection) {
    const text = "";
    this.#read = connection.prepare(readClaimSql);
    // Apart from the claim: only a taker asks for it, and a join made every commit 25 µs slower (measured).
    this.#counter = connection
      .prepare(toSql(sqlBuilder.selectFrom("owner").select("counter").where("ownerId", "=", text)))
      .pluck();
    const row = { sessionKey: 0, owner: text, fence: 0, recoveries: 0, takenSeq: 0 };
    this.#take = connection.prepare(toSql(sqlBuilder.replaceInto("claim").values(row)));
    this.#release = connection.prepare(
      toSql(sqlBuilder.updateTable("claim").set({ owner: null }).where("sessionKey", "=", 0)),
    );
    this.#raise = connection.prepare(
      `insert into claim (sessionKey, owner, fence, recoveries, takenSeq) values (?, null, ?, 0, ?)
       on conflict (sessionKey) do update set fence = max(fence, excluded.fence)`,
    );
  }

  /** The claim as it is. */
  read({ sessionId, key }: KeyedSession): ClaimRow | null {
    return (this.#read.get(sessionId, key) as ClaimRow | undefined) ?? null;
  }

  /** The renewal counter of a claim's owner; null where there is no owner, or no row of it any more. */
  counterOf(claim: ClaimRow | null): number | null {
    if (claim === null || claim.owner === null) return null;
    return (this.#counter.get(claim.owner) as number | undefined) ?? null;
  }

  /** Does what the plan does to the claim, and returns the row as it then is. */
  change(
    { sessionId, key }: KeyedSession,
    plan: CommitPlan,
    { claim, headSeq }: { readonly claim: ClaimRow | null; readonly headSeq: number },
  ): ClaimRow | null {
    if (plan.claim?.action === "take") {
      const { owner, fence, recoveries } = plan.claim;
      this.#take.run(key, owner, fence, recoveries, headSeq);
      return { sessionId, owner, fence, recoveries, takenSeq: headSeq };
    }
    if (plan.claim?.action !== "release" || claim === null) return claim;
    this.#release.run(null, key);
    return { ...claim, owner: null };
  }

  /** Sees to it that the next fence is greater than this one, and than any before. The claim stays with whoever has it, or free. */
  raise({ key }: KeyedSession, fence: number, headSeq: number): void {
    if (fence > 0) this.#raise.run(key, fence, headSeq);
  }
}

/** Reads a session's claim: bound are its ID, which is given back, and its number. */
export const readClaimSql = "select ? as sessionId, owner, fence, recoveries, takenSeq from claim where sessionKey = ?";

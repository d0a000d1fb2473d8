import { maxEventsPerPage } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";
import { toEnvelope } from "./envelope-row.ts";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { AdmissionRow, LogHead } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { EnvelopeRow } from "./envelope-row.ts";

/** Reads the log: pages of events, heads, admissions. */
export class LogReader {
  readonly #head: Statement;
  readonly #events: Statement;
  readonly #byId: Statement;
  readonly #byKey: Statement;
  readonly #blob: Statement;

  constructor(connection: Connection) {
    const text = "" as never;
    const session = sqlBuilder.selectFrom("session").select(["headSeq as seq", "headHash as hash"]);
    this.#head = connection.prepare(toSql(session.where("sessionId", "=", text)));
    const events = sqlBuilder.selectFrom("event").selectAll().where("sessionId", "=", text).where("seq", ">", 0);
    this.#events = connection.prepare(toSql(events.orderBy("seq").limit(1)));
    const admission = sqlBuilder.selectFrom("admission").selectAll();
    this.#byId = connection.prepare(toSql(admission.where("messageId", "=", text)));
    const byKey = admission.where("sessionId", "=", text).where("idempotencyKey", "=", text);
    this.#byKey = connection.prepare(toSql(byKey));
    this.#blob = connection.prepare(toSql(sqlBuilder.selectFrom("blob").select("text").where("hash", "=", text)));
  }

  head(sessionId: SessionId): LogHead | null {
    return (this.#head.get(sessionId) as LogHead | undefined) ?? null;
  }

  events(query: {
    readonly sessionId: SessionId;
    readonly after: number;
    readonly limit: number;
  }): readonly SealedEnvelope[] {
    const limit = Math.min(query.limit, maxEventsPerPage);
    return (this.#events.all(query.sessionId, query.after, limit) as EnvelopeRow[]).map(toEnvelope);
  }

  admission(
    identity: { readonly messageId: string } | { readonly sessionId: string; readonly idempotencyKey: string },
  ): AdmissionRow | null {
    const row =
      "messageId" in identity
        ? this.#byId.get(identity.messageId)
        : this.#byKey.get(identity.sessionId, identity.idempotencyKey);
    return (row as AdmissionRow | undefined) ?? null;
  }

  blob(hash: string): string | null {
    return (this.#blob.get(hash) as { readonly text: string } | undefined)?.text ?? null;
  }
}

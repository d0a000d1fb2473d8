import { assertPage, maxEventsPerPage } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";
import { packHash, unpackSql } from "../hash-bytes.ts";

import type { AdmissionRow, Store } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { SessionKeys } from "../session-keys.ts";

/** An identity that an input may have been admitted under. */
export type AdmissionIdentity =
  | { readonly messageId: string }
  | { readonly sessionId: string; readonly idempotencyKey: string };

/** The identities that were admitted: they outlive projections and pruning. */
export class AdmissionTable {
  readonly #keys: SessionKeys;
  readonly #byId: Statement;
  readonly #byKey: Statement;
  readonly #withdrawn: Statement;
  readonly #insert: Statement;

  constructor(connection: Connection, keys: SessionKeys) {
    this.#keys = keys;
    this.#byId = connection.prepare(`${selectSql} where messageId = +?`);
    // Served by admission_key.
    this.#byKey = connection.prepare(`${selectSql} where admission.sessionKey = +? and idempotencyKey = +?`);
    // Served by admission_withdrawn, whose condition must stand in the query as it is.
    this.#withdrawn = connection.prepare(
      `${selectSql} where admission.sessionKey = +? and disposition in ('withdrawn', 'settled') and seq > +? and session.sessionKey is not null order by seq limit +?`,
    );
    this.#insert = connection.prepare(insertSql);
  }

  find(identity: AdmissionIdentity): AdmissionRow | null {
    if ("messageId" in identity) return (this.#byId.get(identity.messageId) as AdmissionRow | undefined) ?? null;
    const key = this.#keys.find(identity.sessionId);
    if (key === null) return null;
    return (this.#byKey.get(key, identity.idempotencyKey) as AdmissionRow | undefined) ?? null;
  }

  /** Identities whose inputs were withdrawn, or settled, at or below the floor. */
  withdrawn({ sessionId, after, limit }: Parameters<Store["withdrawn"]>[0]): readonly AdmissionRow[] {
    assertPage({ after, limit });
    const key = this.#keys.find(sessionId);
    return key === null ? [] : (this.#withdrawn.all(key, after, Math.min(limit, maxEventsPerPage)) as AdmissionRow[]);
  }

  insert(key: number, row: Omit<AdmissionRow, "sessionId">): void {
    const { messageId, idempotencyKey, payloadHash, seq, hash, delivery, disposition } = row;
    this.#insert.run(messageId, key, idempotencyKey, packHash(payloadHash), seq, packHash(hash), delivery, disposition);
  }
}

const selectSql = `
  select messageId, coalesce(session.sessionId, tombstone.sessionId) as sessionId, idempotencyKey, ${unpackSql("payloadHash")}, seq, ${unpackSql("hash")}, delivery, disposition
  from admission left join session on session.sessionKey = admission.sessionKey
    left join tombstone on tombstone.sessionKey = admission.sessionKey and session.sessionKey is null`;

const text = "";

const insertSql = toSql(
  sqlBuilder.insertInto("admission").values({
    messageId: text,
    sessionKey: 0,
    idempotencyKey: text,
    payloadHash: text,
    seq: 0,
    hash: text,
    delivery: text,
    disposition: text,
  }),
);

import { checkImport } from "@holdfast/core/store";

import { AdmissionTable } from "../commit/admission-table.ts";
import { ClaimWriter } from "../commit/claim-writer.ts";
import { EventWriter } from "../commit/event-writer.ts";
import { ReplicaTable } from "../commit/replica-table.ts";
import { sha256 } from "../commit/sha256.ts";
import { sqlBuilder, toSql } from "../compile.ts";
import { placeOf } from "../event-place.ts";
import { FloorTable } from "../prune/floor-table.ts";
import { TombstoneTable } from "../delete/tombstone-table.ts";
import { UsedIdFinder } from "./used-ids.ts";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { CheckedImport, ImportBatch, ImportGround, ImportResult, LogHead } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { EventTypes } from "../event-types.ts";
import type { KeyedSession, SessionKeys } from "../session-keys.ts";
import type { UsedIds } from "./used-ids.ts";

/** What an import came to, and the events that it added. */
export interface Imported {
  readonly result: ImportResult;
  readonly events: readonly SealedEnvelope[];
}

/** Takes stretches of sessions' logs from elsewhere. */
export class Importer {
  readonly #keys: SessionKeys;
  readonly #events: EventWriter;
  readonly #claims: ClaimWriter;
  readonly #admissions: AdmissionTable;
  readonly #replicas: ReplicaTable;
  readonly #tombstones: TombstoneTable;
  readonly #floors: FloorTable;
  readonly #ids: UsedIdFinder;
  readonly #head: Statement;
  readonly #hash: Statement;
  readonly #forked: Statement;

  constructor(connection: Connection, keys: SessionKeys, types: EventTypes) {
    this.#keys = keys;
    this.#events = new EventWriter(connection, types);
    this.#claims = new ClaimWriter(connection);
    this.#admissions = new AdmissionTable(connection, keys);
    this.#replicas = new ReplicaTable(connection);
    this.#tombstones = new TombstoneTable(connection);
    this.#floors = new FloorTable(connection, keys);
    this.#ids = new UsedIdFinder(connection);
    const session = sqlBuilder.selectFrom("session").select(["headSeq as seq", "headHash as hash"]);
    this.#head = connection.prepare(toSql(session.where("sessionKey", "=", 0)));
    this.#hash = connection.prepare("select lower(hex(hash)) from event where place = ?").pluck();
    this.#forked = connection
      .prepare("select iif(json_valid(data), json_extract(data, '$.forkedFrom.seq'), null) from event where place = ?")
      .pluck();
  }

  /** What may take long, before the transaction: which of the new events' IDs are used already. */
  async prepare({ sessionId, events }: ImportBatch, assertOpen: () => void): Promise<UsedIds> {
    const key = this.#keys.find(sessionId);
    const end = this.#headOf(key)?.seq ?? -1;
    const ids = new Set(events.filter(({ seq }) => seq > end).map(({ id }) => id));
    return ids.size === 0 ? { found: new Map(), seenSeq: end } : this.#ids.pass(ids, key, assertOpen);
  }

  /** Everything or nothing, in the transaction of its caller, who rolls back what is thrown. */
  apply(batch: ImportBatch, used: UsedIds): Imported {
    const { sessionId } = batch;
    const known = this.#keys.find(sessionId);
    const head = this.#headOf(known);
    const checked = checkImport(batch, this.#groundOf(sessionId, known, used), sha256);
    if (checked.status === "skipped") {
      return { result: { status: "skipped", head, added: 0, duplicates: 0 }, events: [] };
    }
    return this.#write({ sessionId, key: known ?? this.#keys.next(sessionId) }, head, checked);
  }

  #write(session: KeyedSession, before: LogHead | null, checked: CheckedAndTaken): Imported {
    const { floor, fresh, duplicates } = checked;
    if (floor != null) this.#floors.plant(session, floor);
    this.#events.keepBlobs(checked.blobs);
    for (const draft of fresh) this.#events.insert(session, draft);
    const last = fresh.at(-1)?.sealed ?? floor?.floor;
    const head = last === undefined ? before : { seq: last.seq, hash: last.hash };
    if (head !== null && last !== undefined) this.#events.setHead(session, head);
    for (const admission of checked.admissions) this.#admissions.insert(session.key, admission);
    this.#claims.raise(session, checked.fence, head?.seq ?? -1);
    if (checked.replica !== null && head !== null) this.#replicas.put(session, checked.replica);
    this.#entombAfter(session, fresh.at(-1)?.sealed);
    const events = fresh.map(({ sealed, dataText }) => ({
      ...sealed,
      data: JSON.parse(dataText) as typeof sealed.data,
    }));
    return { result: { status: "imported", head, added: fresh.length, duplicates }, events };
  }

  #entombAfter(session: KeyedSession, last: SealedEnvelope | undefined): void {
    if (last?.type === "session.deleted") this.#tombstones.entomb(session, last);
  }

  #groundOf(sessionId: SessionId, key: number | null, used: UsedIds): ImportGround {
    return {
      head: this.#headOf(key),
      tombstone: this.#tombstones.find(key),
      floor: this.#floors.read(sessionId),
      fence: key === null ? 0 : (this.#claims.read({ sessionId, key })?.fence ?? 0),
      // Of the session's first event, which is the one that makes it.
      forkedSeq: key === null ? -1 : ((this.#forked.get(placeOf(key, 0)) as number | null | undefined) ?? -1),
      replica: key === null ? null : this.#replicas.find({ sessionId, key }),
      hashAt: (seq) => (key === null ? null : ((this.#hash.get(placeOf(key, seq)) as string | undefined) ?? null)),
      usedIds: (ids) => this.#ids.complete(used, ids, key),
      hasBlob: (hash) => this.#events.hasBlob(hash),
      admissionOf: (identity) => this.#admissions.find(identity),
    };
  }

  #headOf(key: number | null): LogHead | null {
    return key === null ? null : ((this.#head.get(key) as LogHead | undefined) ?? null);
  }
}

type CheckedAndTaken = CheckedImport & { readonly status: "imported" };

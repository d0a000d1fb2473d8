import { HoldfastError } from "@holdfast/core";

import { sqlBuilder, toSql } from "../compile.ts";
import { placeOf } from "../event-place.ts";
import { ChangeApplier } from "./apply-change.ts";
import { BlobWriter } from "./blob-writer.ts";

import type { Blob } from "@holdfast/core/event";
import type { Change, LogHead, SealedDraft } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { EventTypes } from "../event-types.ts";
import type { KeyedSession } from "../session-keys.ts";

/** Inserts sealed events with their row changes and blobs, inside its caller's transaction. */
export class EventWriter {
  readonly #types: EventTypes;
  readonly #changes: ChangeApplier;
  readonly #blobs: BlobWriter;
  readonly #insert: Statement;
  readonly #setHead: Statement;

  constructor(connection: Connection, types: EventTypes) {
    this.#types = types;
    this.#changes = new ChangeApplier(connection);
    this.#blobs = new BlobWriter(connection);
    this.#insert = connection.prepare(insertSql);
    this.#setHead = connection.prepare(setHeadSql);
  }

  /** @throws store.condition-failed, store.blob-missing */
  insert(session: KeyedSession, { sealed, dataText, changes, blobs }: SealedDraft): void {
    const { id, seq, type, version, time, fence, hash } = sealed;
    const typeKey = this.#types.keyOf(type);
    const ignorable = sealed.ignorable === true ? 1 : 0;
    const bytes = Buffer.from(hash, "hex");
    this.#insert.run(
      placeOf(session.key, seq),
      id.slice(idPrefix.length),
      typeKey,
      version,
      time,
      fence,
      ignorable,
      bytes,
      dataText,
    );
    this.#blobs.refer(session.key, seq, blobs);
    for (const change of changes) this.#changes.apply(session, change);
  }

  /** @throws store.condition-failed */
  change(session: KeyedSession, change: Change): void {
    this.#changes.apply(session, change);
  }

  keepBlobs(blobs: readonly Blob[]): void {
    this.#blobs.put(blobs);
  }

  hasBlob(hash: string): boolean {
    return this.#blobs.has(hash);
  }

  /** @throws store.condition-failed where the events made no session: its number would be given to another one. */
  setHead({ sessionId, key }: KeyedSession, { seq, hash }: LogHead): void {
    if (this.#setHead.run(seq, hash, key).changes === 1) return;
    throw new HoldfastError("store.condition-failed", {
      message: `Expected the events up to ${seq} of session ${sessionId} to make its row, found none. Its first event must be a session.created of a version that this process knows.`,
      data: { sessionId, seq },
    });
  }
}

// Every event's ID begins with it, which is checked before it comes here.
const idPrefix = "evt_";
const text = "";

const insertSql = toSql(
  sqlBuilder.insertInto("event").values({
    place: 0,
    id: text,
    typeKey: 0,
    version: 1,
    time: 0,
    fence: 0,
    ignorable: 0,
    hash: new Uint8Array(),
    data: text,
  }),
);

const setHeadSql = toSql(
  sqlBuilder.updateTable("session").set({ headSeq: 0, headHash: text }).where("sessionKey", "=", 0),
);

import { blobsOf, decodeEvent, genesisHash, sealEnvelope } from "@holdfast/core/event";
import { HoldfastError } from "@holdfast/core";
import { expect } from "vitest";

import { createMemoryStore } from "../memory-store/memory-store.ts";
import { sha256 } from "../sha256.ts";
import { commitAll, conversationPlans } from "./conversation.ts";
import { expectCode } from "./refused.ts";
import { readLog, readWholeSession } from "./whole-session.ts";

import type { ErrorCode, JsonObject, SessionId } from "@holdfast/core";
import type { Blob, Envelope, SealedEnvelope } from "@holdfast/core/event";
import type { ImportBatch, Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";

/** A session in another store: what a node would send of it. */
export interface Source {
  readonly store: Store;
  readonly log: readonly SealedEnvelope[];
  readonly blobs: readonly Blob[];
  /** All of it, or a stretch of its events. */
  readonly batch: (from?: number, until?: number) => ImportBatch;
}

/** A whole conversation in a store of its own, to be imported from. */
export const createSource = async (drafts: Drafts): Promise<Source> => {
  const store = createMemoryStore();
  await commitAll(store, conversationPlans(drafts));
  return sourceIn(store, drafts.sessionId);
};

/** A session of a store, to be imported from. */
export const sourceIn = async (store: Store, sessionId: SessionId): Promise<Source> => {
  const log = await readLog(store, sessionId);
  const blobs = await blobsIn(store, log);
  const batch = (from = 0, until = Infinity): ImportBatch => ({
    sessionId,
    events: structuredClone(log.filter(({ seq }) => seq >= from && seq < until)),
    blobs,
    as: "replica",
  });
  return { store, log, blobs, batch };
};

/** The texts that events refer to. */
export const blobsIn = async (store: Store, log: readonly SealedEnvelope[]): Promise<readonly Blob[]> => {
  const names = new Set(log.flatMap((sealed) => blobsOfSealed(sealed)));
  return Promise.all(
    [...names].map(async (hash) => {
      const text = (await store.blob(hash)) ?? "";
      return { hash, bytes: new TextEncoder().encode(text).length, text };
    }),
  );
};

const blobsOfSealed = (sealed: SealedEnvelope): readonly string[] => {
  const event = decodeEvent(sealed);
  return event === null ? [] : blobsOf(event);
};

/** Events with one of them changed, and it and all after it sealed anew: a log that is whole in itself, and another. */
export const resealFrom = (
  events: readonly SealedEnvelope[],
  seq: number,
  change: Partial<Envelope>,
): readonly SealedEnvelope[] => {
  let prevHash = events[0]?.prevHash ?? genesisHash;
  return events.map((event) => {
    const { hash: _hash, ...envelope } = event;
    const changed = { ...envelope, prevHash, ...(event.seq === seq ? change : {}) };
    const { sealed } = event.seq < seq ? { sealed: event } : sealEnvelope(changed, sha256);
    prevHash = sealed.hash;
    return sealed;
  });
};

/** All that an import could change: its session and every other, identities, and blobs. */
export const readImportGround = async (store: Store, batch: ImportBatch) => {
  const sessions = await store.sessions({ limit: 1_000 });
  const inputs = batch.events.filter(({ type }) => type === "input.admitted").map(({ data }) => data);
  return {
    whole: await readWholeSession(store, batch.sessionId),
    others: await Promise.all(sessions.map(({ sessionId }) => readWholeSession(store, sessionId))),
    admissions: await Promise.all(inputs.map(({ messageId }) => store.admission({ messageId: messageId as never }))),
    keys: await Promise.all(
      inputs.flatMap(({ idempotencyKey }) =>
        typeof idempotencyKey === "string" ? [store.admission({ sessionId: batch.sessionId, idempotencyKey })] : [],
      ),
    ),
    blobs: await Promise.all((batch.blobs ?? []).map(({ hash }) => store.blob(hash))),
  };
};

/** Passes where the store refuses the import with the code and these data, and nothing at all was changed. */
export const expectImportRefused = async (
  store: Store,
  batch: ImportBatch,
  expected: { readonly code: ErrorCode; readonly data?: JsonObject },
): Promise<void> => {
  const before = await readImportGround(store, batch);
  const work = store.import(batch);
  await expectCode(work, expected.code);
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(HoldfastError.isInstance(error) ? error.data : null).toMatchObject(expected.data ?? {});
  expect(await readImportGround(store, batch)).toEqual(before);
};

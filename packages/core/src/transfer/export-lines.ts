import { HoldfastError } from "../errors/holdfast-error.ts";
import { blobsOf } from "../event/blobs-of.ts";
import { decodeEvent } from "../event/decode.ts";
import { genesisHash } from "../event/envelope.ts";
import { utf8Bytes } from "../event/blob-ref.ts";
import { fromOutputRef } from "../output/output-ref.ts";
import { thawMessage } from "../store/freeze-message.ts";
import { hashFloor } from "../store/hash-floor.ts";
import { assertNotDeleted } from "../store/deletion.ts";
import { readLog } from "../store/read-log.ts";
import { readTombstone } from "../store/read-tombstone.ts";
import { readWithdrawn } from "../store/read-withdrawn.ts";
import { frozenMessages } from "../store/verify-frozen.ts";
import { exportFormat, exportVersion, sealLine } from "./export-line.ts";
import { outputLines, sharedOutputs } from "./export-outputs.ts";

import type { SealedEnvelope } from "../event/envelope.ts";
import type { SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { Message } from "../session/message.ts";
import type { Floor } from "../store/floor.ts";
import type { OutputKey } from "../store/output.ts";
import type { LogHead } from "../store/plan.ts";
import type { Store } from "../store/store.ts";
import type { ExportLine } from "./export-line.ts";

/**
 * A session as JSON Lines, each without its line break: a manifest, the identities and the messages below the floor, the events word for word, the
 * blobs that they refer to, the outputs of its calls that are still kept, and an end that counts them. Each line carries a SHA-256
 * over itself and all lines before it. The export is of the log as it ends when the reading begins; it is read page by page.
 *
 * @throws session.not-found, session.deleted
 * @throws store.sequence-conflict where the session was pruned, or an output removed, meanwhile: export it again.
 */
export async function* exportLines(store: Store, sessionId: SessionId, hash: Hash): AsyncGenerator<string> {
  let chain = genesisHash;
  for await (const line of linesOf(store, sessionId, hash)) {
    const sealed = sealLine(line, chain, hash);
    chain = sealed.chain;
    yield sealed.text;
  }
}

async function* linesOf(store: Store, sessionId: SessionId, hash: Hash): AsyncGenerator<ExportLine> {
  const floor = await store.floor(sessionId);
  const head = await store.head(sessionId);
  if (head === null) throw notFound(sessionId);
  await assertThere(store, sessionId);
  const travellers = new Travellers();
  const counts = { messages: 0, events: 0, blobs: 0, outputs: 0 };
  yield* beginningOf(store, { sessionId, head, floor }, hash);
  for await (const message of floor === null ? [] : frozenMessages(store, floor)) {
    travellers.meetMessage(thawMessage(message));
    counts.messages += 1;
    yield { kind: "message", message };
  }
  for await (const event of eventsUntil(store, floor, { sessionId, ...head })) {
    travellers.meetEvent(event);
    counts.events += 1;
    yield { kind: "event", event };
  }
  for (const name of travellers.blobs) {
    const text = await store.blob(name);
    if (text === null) {
      await assertSameFloor(store, sessionId, floor);
      throw blobLost(sessionId, name);
    }
    counts.blobs += 1;
    yield { kind: "blob", hash: name, bytes: utf8Bytes(text), text };
  }
  for (const key of await sharedOutputs(store, sessionId, travellers.outputs.values())) {
    for await (const line of outputLines(store, key)) {
      if (line.offset === 0) counts.outputs += 1;
      yield line;
    }
  }
  await assertSameFloor(store, sessionId, floor);
  yield { kind: "end", ...counts };
}

/** @throws session.deleted */
const assertThere = async (store: Store, sessionId: SessionId): Promise<void> =>
  assertNotDeleted(sessionId, await readTombstone(store, sessionId));

/** @throws session.deleted; store.sequence-conflict where the session was pruned since. */
const assertSameFloor = async (store: Store, sessionId: SessionId, before: Floor | null): Promise<void> => {
  await assertThere(store, sessionId);
  const now = await store.floor(sessionId);
  if (now !== null && now.seq !== before?.seq) throw prunedMeanwhile(sessionId, now.seq);
};

/** What travels with the events: blobs and outputs, each once. */
class Travellers {
  readonly blobs = new Set<string>();
  readonly outputs = new Map<string, OutputKey>();

  meetEvent(sealed: SealedEnvelope): void {
    const event = decodeEvent(sealed);
    if (event === null) return;
    for (const name of blobsOf(event)) this.blobs.add(name);
    if (event.type === "tool.settled") this.#meetOutput(event.data.outcome.output);
  }

  meetMessage(message: Message): void {
    if (message.role !== "assistant") return;
    for (const part of message.content) if (part.type === "call") this.#meetOutput(part.outcome?.output);
  }

  #meetOutput(reference: string | undefined): void {
    const key = reference === undefined ? null : fromOutputRef(reference);
    if (key !== null && reference !== undefined) this.outputs.set(reference, key);
  }
}

/** The manifest, and the identities of the inputs below the floor. */
async function* beginningOf(
  store: Store,
  { sessionId, head, floor }: { readonly sessionId: SessionId; readonly head: LogHead; readonly floor: Floor | null },
  hash: Hash,
): AsyncGenerator<ExportLine> {
  yield {
    kind: "manifest",
    format: exportFormat,
    version: exportVersion,
    storeId: store.storeId,
    sessionId,
    head,
    ...(floor === null ? {} : { floor: floor as never, floorHash: hashFloor(floor, hash) }),
  };
  for await (const { messageId, role } of floor === null ? [] : frozenMessages(store, floor)) {
    const admission = role === "user" ? await store.admission({ messageId }) : null;
    // A fork's input has the identity of its source.
    if (admission?.sessionId === sessionId) yield { kind: "admission", admission };
  }
  if (floor === null) return;
  for await (const admission of readWithdrawn(store, sessionId)) {
    if (admission.seq <= floor.seq) yield { kind: "admission", admission };
  }
}

async function* eventsUntil(
  store: Store,
  floor: Floor | null,
  end: LogHead & { readonly sessionId: SessionId },
): AsyncGenerator<SealedEnvelope> {
  let next = (floor?.seq ?? -1) + 1;
  for await (const event of readLog(store, end.sessionId, next - 1)) {
    if (next > end.seq) return;
    if (event.seq !== next) await throwGap(store, floor, { ...end, seq: next, found: `event ${event.seq}` });
    next += 1;
    yield event;
  }
  if (next <= end.seq) await throwGap(store, floor, { ...end, seq: next, found: "the end of the log" });
}

/** Says why an event is not there: it was pruned meanwhile, or the log has a gap. */
const throwGap = async (
  store: Store,
  floor: Floor | null,
  { sessionId, seq, found }: { readonly sessionId: SessionId; readonly seq: number; readonly found: string },
): Promise<never> => {
  await assertSameFloor(store, sessionId, floor);
  throw new HoldfastError("event.chain-broken", {
    message: `Expected event ${seq} of session ${sessionId}, found ${found}. Verify the session; its export is not whole.`,
    data: { sessionId, seq },
  });
};

const notFound = (sessionId: SessionId): HoldfastError<"session.not-found"> =>
  new HoldfastError("session.not-found", {
    message: `Expected session ${sessionId} in this store, found none. Check the ID and the store's path.`,
    data: { sessionId },
  });

const blobLost = (sessionId: SessionId, name: string): HoldfastError<"store.corrupt"> =>
  new HoldfastError("store.corrupt", {
    message: `Expected blob ${name}, to which session ${sessionId} refers, found nothing: the store is damaged. Restore it from a backup.`,
    data: { sessionId, blob: name },
  });

const prunedMeanwhile = (sessionId: SessionId, seq: number): HoldfastError<"store.sequence-conflict"> =>
  new HoldfastError("store.sequence-conflict", {
    message: `Session ${sessionId} was pruned up to event ${seq} while it was exported, so that the export is not whole. Export it again.`,
    data: { sessionId, floorSeq: seq },
  });

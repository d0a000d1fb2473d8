import { genesisHash } from "../event/envelope.ts";
import { hashAt } from "./check-chain.ts";
import { assertFloorRows } from "./check-floor-rows.ts";
import { floorSchema, frozenMessageSchema } from "./floor-schema.ts";
import { hashFrozen, readFrozen } from "./freeze-message.ts";
import { importBrokenChain, importDivergent, importForeign, importGap, importMalformed } from "./import-refusals.ts";
import { issueText } from "./issue-text.ts";

import type { SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { Message } from "../session/message.ts";
import type { Floor, FrozenMessage } from "./floor.ts";
import type { ImportBatch } from "./import-batch.ts";
import type { ImportGround } from "./import-ground.ts";

/**
 * The floor that a batch brings, and the messages below it; null where it brings none, or one that the session here is past. Its
 * rows are in shape and of the session, and its messages chain to the hash that it has for them.
 */
export const checkFloor = (
  batch: ImportBatch,
  ground: ImportGround,
  hash: Hash,
): NonNullable<ImportBatch["floor"]> | null => {
  if (batch.floor === undefined) return null;
  const { sessionId } = batch;
  const { floor, messages } = batch.floor;
  assertFloor(floor, sessionId);
  assertFrozen(floor, messages, hash);
  if (ground.head === null) return batch.floor;
  const place = { sessionId, seq: floor.seq };
  if (floor.seq > ground.head.seq) {
    throw importGap(place, "a log that reaches to the floor", `one that ends at ${ground.head.seq}`);
  }
  const here = hashAt(ground, floor.seq);
  if (here === null || here === floor.hash) return null;
  throw importDivergent(place, `the event whose hash is ${here}`, `a floor whose hash is ${floor.hash}`);
};

const assertFloor = (floor: Floor, sessionId: SessionId): void => {
  const place = { sessionId, seq: floor.seq };
  const parsed = floorSchema.safeParse(floor);
  if (!parsed.success) throw importMalformed(place, "the record of a floor", issueText(parsed.error));
  const owners = Object.values(floor.rows).flatMap((rows) => rows.map((row) => row.sessionId));
  const foreign = [floor.sessionId, ...owners].find((owner) => owner !== sessionId);
  if (foreign !== undefined) throw importForeign(place, "a floor of the session", `one of ${foreign}`);
  assertFloorRows(floor);
};

const assertFrozen = (floor: Floor, messages: readonly FrozenMessage[], hash: Hash): void => {
  const ids = new Set<string>();
  const calls = new Set<string>();
  let last = -1;
  let before = genesisHash;
  for (const message of messages) {
    const place = { sessionId: floor.sessionId, seq: message.seq };
    const parsed = frozenMessageSchema.safeParse(message);
    if (!parsed.success) throw importMalformed(place, "a frozen message", issueText(parsed.error));
    if (message.seq <= last || message.seq > floor.seq) {
      throw importMalformed(place, `a message after ${last} and at most at ${floor.seq}`, "another");
    }
    const found = hashFrozen(message, before, hash);
    if (found !== message.hash) throw importBrokenChain(place, `a message with hash ${found}`, message.hash);
    const value = readFrozen(message);
    if (value === null) throw importMalformed(place, "a value that is this message, settled", "another");
    const named = idsOf(value);
    if (ids.has(value.messageId) || named.some((id) => calls.has(id))) {
      throw importMalformed(place, "a message and calls with IDs of their own", "those of another");
    }
    ids.add(value.messageId);
    for (const id of named) calls.add(id);
    last = message.seq;
    before = message.hash;
  }
  if (before === floor.messagesHash) return;
  throw importBrokenChain(
    { sessionId: floor.sessionId, seq: floor.seq },
    `messages that end with ${floor.messagesHash}`,
    before,
  );
};

const idsOf = (message: Message): readonly string[] =>
  message.role === "assistant" ? message.content.flatMap((part) => (part.type === "call" ? [part.callId] : [])) : [];

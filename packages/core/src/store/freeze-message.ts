import { HoldfastError } from "../errors/holdfast-error.ts";
import { canonicalJson } from "../json/canonical.ts";
import { isJsonObject } from "../json/json-value.ts";
import { parseJson } from "../json/parse.ts";
import { readCanonical } from "../json/read-canonical.ts";
import { settledMessageSchema } from "../session/message-schema.ts";

import type { JsonValue } from "../json/json-value.ts";
import type { Hash } from "../ports/hash.ts";
import type { Message } from "../session/message.ts";
import type { FrozenMessage } from "./floor.ts";

/** A settled message, its texts inline, as it is kept when its events are removed. `before` is the hash of the one frozen before it. */
export const freezeMessage = (message: Message, before: string, hash: Hash): FrozenMessage => {
  const { messageId, seq, role } = message;
  const unsealed = { messageId, seq, role, value: canonicalJson(message as unknown as JsonValue) };
  return { ...unsealed, hash: hashFrozen(unsealed, before, hash) };
};

/** The hash that a frozen message has after the one before it (64 zeros for the first). */
export const hashFrozen = (message: Omit<FrozenMessage, "hash">, before: string, hash: Hash): string => {
  const { messageId, seq, role, value } = message;
  return hash(canonicalJson({ before, messageId, seq, role, value }));
};

/**
 * The message that a frozen one was made of.
 *
 * @throws store.corrupt where its value is not this message.
 */
export const thawMessage = (frozen: FrozenMessage): Message => {
  const parsed = parseJson(frozen.value);
  if (parsed.ok && saysOfItself(parsed.value, frozen)) return parsed.value as unknown as Message;
  throw new HoldfastError("store.corrupt", {
    message: `Expected the value of message ${frozen.messageId} at event ${frozen.seq}, found another: the store is damaged. Restore it from a backup.`,
    data: { messageId: frozen.messageId, seq: frozen.seq },
  });
};

/** The settled message that a frozen one was made of, checked in every part; null where its value is none, or another. */
export const readFrozen = (frozen: FrozenMessage): Message | null => {
  const message = readCanonical(frozen.value, settledMessageSchema);
  return message !== null && saysOfItself(message as unknown as JsonValue, frozen) ? message : null;
};

/** Whether a frozen value says of itself what is told beside it. */
export const saysOfItself = (value: JsonValue, { messageId, seq, role }: FrozenMessage): boolean =>
  isJsonObject(value) && value["messageId"] === messageId && value["seq"] === seq && value["role"] === role;

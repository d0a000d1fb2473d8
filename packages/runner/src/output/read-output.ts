import { HoldfastError } from "@holdfast/core";
import { characterBoundary, fromOutputRef } from "@holdfast/core/tool";

import type { OutputWindow, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { SharedOutputs } from "./shared-outputs.ts";

/** Which window of which output, for whom. */
export interface OutputQuery {
  readonly sessionId: SessionId;
  readonly ref: string;
  readonly offset: number;
  readonly limit: number;
}

/** Bytes that one character takes at most. */
const widest = 4;

// Without it a decoder swallows a byte order mark where a window begins with one.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A window of an output that this session's results refer to, whole characters only: at least one, so that whoever reads on from `end` gets on.
 *
 * @throws output.not-found for what is not there or belongs to another session.
 */
export const readOutput = async (
  store: Store,
  shared: SharedOutputs,
  { sessionId, ref, offset, limit }: OutputQuery,
): Promise<OutputWindow> => {
  const key = fromOutputRef(ref);
  // A fork's results refer to the outputs of its source.
  const isReadable = key !== null && (key.sessionId === sessionId || (await shared.has(sessionId, ref)));
  const page = isReadable ? await store.readOutput(key, { offset, limit: limit + widest * 2 }) : null;
  if (page === null) {
    throw new HoldfastError("output.not-found", {
      message: `Expected an output of session ${sessionId}, found none under ${JSON.stringify(ref.slice(0, 200))}. References are in the results of its calls.`,
      data: { sessionId, ref: ref.slice(0, 200) },
    });
  }
  const { bytes, size } = page;
  const start = characterStart(bytes);
  const bounded = characterBoundary(bytes, Math.min(bytes.length, limit));
  const end = bounded > start ? bounded : characterEnd(bytes, start);
  return { text: decoder.decode(bytes.subarray(start, end)), offset: offset + start, end: offset + end, size };
};

/** Where the first whole character begins, for an offset in the middle of one. */
const characterStart = (bytes: Uint8Array): number => {
  let at = 0;
  while (at < widest - 1 && isContinuation(bytes[at])) at++;
  return at;
};

/** Where the character that begins here ends. */
const characterEnd = (bytes: Uint8Array, start: number): number => {
  let at = Math.min(start + 1, bytes.length);
  while (at < start + widest && isContinuation(bytes[at])) at++;
  return at;
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

import { HoldfastError } from "../errors/holdfast-error.ts";
import { sharesBeginning } from "../store/shares-beginning.ts";
import { toBase64 } from "./base64.ts";

import type { SessionId } from "../ids/id.ts";
import type { OutputKey } from "../store/output.ts";
import type { Store } from "../store/store.ts";
import type { ExportLine } from "./export-line.ts";

/** The outputs that are the session's own, or its line's: what a log says of others is not theirs to give. */
export const sharedOutputs = async (
  store: Store,
  sessionId: SessionId,
  keys: Iterable<OutputKey>,
): Promise<readonly OutputKey[]> => {
  const lines = new Map<SessionId, boolean>();
  const shared: OutputKey[] = [];
  for (const key of keys) {
    const isShared = lines.get(key.sessionId) ?? (await sharesBeginning(store, sessionId, key.sessionId));
    lines.set(key.sessionId, isShared);
    if (isShared) shared.push(key);
  }
  return shared;
};

/**
 * An output in windows; none where it is not kept any more.
 *
 * @throws store.sequence-conflict where it was removed or changed after the first one.
 */
export async function* outputLines(
  store: Store,
  key: OutputKey,
): AsyncGenerator<ExportLine & { readonly kind: "output" }> {
  let size: number | undefined;
  for (let offset = 0; ;) {
    const page = await store.readOutput(key, { offset, limit: windowBytes });
    // Not kept any more before it was begun: its result says so by itself.
    if (page === null && offset === 0) return;
    if (page === null || page.size !== (size ?? page.size) || (page.bytes.length === 0 && offset < page.size)) {
      throw outputChanged(key, offset);
    }
    size = page.size;
    yield { kind: "output", ...key, size: page.size, offset, data: toBase64(page.bytes) };
    offset += page.bytes.length;
    if (offset >= page.size) return;
  }
}

const windowBytes = 192 * 1024;

const outputChanged = ({ sessionId, callId }: OutputKey, offset: number): HoldfastError<"store.sequence-conflict"> =>
  new HoldfastError("store.sequence-conflict", {
    message: `Expected the output of call ${callId} of session ${sessionId} as it was begun, found another or nothing from byte ${offset} on: it was removed while it was exported. Export the session again.`,
    data: { sessionId, callId, offset },
  });

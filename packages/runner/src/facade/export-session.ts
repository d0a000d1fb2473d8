import { exportLines } from "@holdfast/core/store";

import { sha256 } from "../ports/sha256.ts";
import { noSession } from "./no-session.ts";

import type { SessionId } from "@holdfast/core";
import type { Services } from "../services.ts";

/** A session's lines, read page by page, until the runtime is disposed of. */
export async function* exportSession(
  { store, disposal }: Services,
  sessionId: SessionId,
): AsyncGenerator<string, void, undefined> {
  if ((await store.session(sessionId)) === null) throw await noSession(store, sessionId);
  for await (const line of exportLines(store, sessionId, sha256)) {
    yield line;
    disposal.throwIfAborted();
  }
}

import { HoldfastError, toCursor } from "@holdfast/core";
import { importLines } from "@holdfast/core/store";

import { sha256 } from "../ports/sha256.ts";
import { sessionNotFound } from "./arguments.ts";

import type { ImportOutcome } from "@holdfast/core";
import type * as z from "zod";
import type { Services } from "../services.ts";
import type { argumentSchemas } from "./arguments.ts";

/**
 * Takes a session's lines as a replica. A session that is this store's own is refused for good as `import.not-replica`, whether it is
 * busy or not.
 */
export const importSession = async (
  { store, disposal }: Services,
  { lines, replayOwner, strict }: z.output<typeof argumentSchemas.import>,
): Promise<ImportOutcome> => {
  const imported = await importLines(store, textsOf(lines, disposal), {
    hash: sha256,
    strict,
    ...(replayOwner === undefined ? {} : { replayOwner }),
  });
  const { sessionId, status, added, duplicates, head } = imported;
  if (head === null) throw sessionNotFound(sessionId);
  return { sessionId, status, added, duplicates, cursor: toCursor(store.storeId, { sessionId, ...head }) };
};

async function* textsOf(
  lines: AsyncIterable<unknown> | Iterable<unknown>,
  disposal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) {
    disposal.throwIfAborted();
    if (typeof line !== "string") throw noText(typeof line);
    yield line;
  }
  disposal.throwIfAborted();
}

const noText = (found: string): HoldfastError<"argument.invalid"> =>
  new HoldfastError("argument.invalid", {
    message: `sessions.import was given a line that is no text but ${found}. Decode and split what was stored; nothing was done.`,
    data: { method: "sessions.import", found },
  });

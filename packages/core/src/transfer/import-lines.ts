import { genesisHash } from "../event/envelope.ts";
import { holdsLongText, malformedLine, openLine } from "./export-line.ts";
import { ReceivedSession } from "./received-session.ts";
import { mayBring } from "./referred-outputs.ts";

import type { SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { ImportResult } from "../store/import-batch.ts";
import type { Store } from "../store/store.ts";

/** How lines are imported. */
export interface ImportLinesOptions {
  readonly hash: Hash;
  /** The node that replicates the session here. */
  readonly replayOwner?: string;
  /** Whether another owner's events are refused in place of skipped. Default false. */
  readonly strict?: boolean;
  /** The most that the lines may come to, in UTF-16 units: they are held until the last one was read. Default 64 Mi. */
  readonly maxLength?: number;
  /**
   * The most that one line may come to, likewise, as it is read as a whole. Default 8 Mi. The line of a message or a blob, which is one
   * long text, may come to four times that: a message may have 20 MiB of files.
   */
  readonly maxLineLength?: number;
}

const mebi = 1024 * 1024;

/** What an import of lines came to. */
export type ImportedLines = ImportResult & {
  readonly sessionId: SessionId;
  /** Outputs that were not here before. */
  readonly outputs: number;
};

/**
 * Takes what `exportLines` made, as a replica. Everything or nothing: the lines are held, up to `maxLength`, until their end and its
 * counts are there, and then imported as one batch. Outputs follow after it, and none that the store has is overwritten; where a
 * crash comes between, importing the same lines again brings them. Only outputs are taken that the events and messages refer to, and
 * none for another session of this store's own.
 *
 * An import is as trusted as its file: that it is whole and could have been written is checked, and not who wrote it. Who has the
 * head and the `floorHash` of the manifest from whom he trusts, compares them.
 *
 * @throws import.malformed with the number of the line, for a changed byte, a missing end, too much, and another format.
 * @throws whatever `Store.import` refuses.
 */
export const importLines = async (
  store: Store,
  lines: AsyncIterable<string> | Iterable<string>,
  { hash, replayOwner, strict, maxLength = 64 * mebi, maxLineLength = 8 * mebi }: ImportLinesOptions,
): Promise<ImportedLines> => {
  const received = new ReceivedSession();
  let chain = genesisHash;
  let number = 0;
  let length = 0;
  for await (const text of lines) {
    number += 1;
    // What a file ends with is no line.
    if (text === "" && received.ended) continue;
    length += text.length;
    const most = holdsLongText(text) ? 4 * maxLineLength : maxLineLength;
    if (text.length > most) throw malformedLine(number, `at most ${most} units in a line`, "more");
    if (length > maxLength) throw malformedLine(number, `at most ${maxLength} units of text`, "more");
    const opened = openLine(text, { before: chain, number, digest: hash });
    received.take(opened.line, number);
    chain = opened.chain;
  }
  const { batch, outputs } = received.close(number + 1, hash);
  const result = await store.import({
    ...batch,
    ...(replayOwner === undefined ? {} : { replayOwner }),
    ...(strict === undefined ? {} : { strict }),
  });
  let kept = 0;
  for (const { key, content } of result.status === "imported" ? outputs : []) {
    if (!(await mayBring(store, batch, key))) continue;
    if ((await store.readOutput(key, { offset: 0, limit: 0 })) !== null) continue;
    await store.putOutput(key, content());
    kept += 1;
  }
  return { ...result, sessionId: batch.sessionId, outputs: kept };
};

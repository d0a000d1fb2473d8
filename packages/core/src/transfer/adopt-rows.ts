import { HoldfastError } from "../errors/holdfast-error.ts";
import { decodeEvent } from "../event/decode.ts";
import { inlineBlobs } from "../event/inline-blobs.ts";
import { toWellFormed } from "../json/canonical.ts";
import { History } from "../session/history.ts";
import { thawMessage } from "../store/freeze-message.ts";
import { maxMessagesPerPage } from "../store/store.ts";
import { adoptedMessageId, adoptedSessionId, adoptRowSchema } from "./adopt-row.ts";
import { adoptedEvents } from "./adopted-events.ts";

import type { SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { AssistantMessage, Message } from "../session/message.ts";
import type { HistoryPage } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import type { AdoptRow } from "./adopt-row.ts";

/** What an adoption is given from outside. */
export interface AdoptPorts {
  readonly hash: Hash;
  /** Where sessions work of which no row says it: an absolute path. */
  readonly directory: string;
}

/** A session that was left as it is. */
export interface SetAside {
  readonly sessionId: string;
  /** Rows that have events in the log, and rows that have none. */
  readonly withEvents: number;
  readonly withoutEvents: number;
  /**
   * `mixed`: it has both. `taken`: a session of its name is here that says nothing of it. `invalid`: a row is in no shape to be read.
   * Else the code with which the store refused it.
   */
  readonly reason: string;
}

/** What an adoption came to. */
export interface Adoption {
  /** Sessions that came into the log. */
  readonly adopted: number;
  /** Messages that came into the log. */
  readonly messages: number;
  /** Messages whose events were there before. */
  readonly alreadyThere: number;
  readonly setAside: readonly SetAside[];
  /** Names that did not fit ours, and what they became. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Brings message rows that have no events into the log: of another product, or of an early layout. One session at a time, its events
 * in the order of (time, ID). Rows of a session may stand anywhere, and are held until all were read. A session with events for some
 * of its rows alone, or that the store refuses, is set aside and reported, and the rest goes on. Running it again changes nothing.
 *
 * @throws what the store fails with, such as `store.full`; the sessions that were adopted until then stay.
 */
export const adoptRows = async (
  store: Store,
  rows: AsyncIterable<AdoptRow> | Iterable<AdoptRow>,
  ports: AdoptPorts,
): Promise<Adoption> => {
  const total = { adopted: 0, messages: 0, alreadyThere: 0 };
  const setAside: SetAside[] = [];
  const renamed: { from: string; to: string }[] = [];
  for (const [foreignId, group] of await groupBySession(rows)) {
    const sessionId = adoptedSessionId(foreignId, ports.hash);
    const aside = (reason: string, withEvents: number, withoutEvents: number) =>
      void setAside.push({ sessionId: foreignId, withEvents, withoutEvents, reason });
    const read = readRows(group);
    if (read === null) {
      aside("invalid", 0, group.length);
      continue;
    }
    const known = await messagesOf(store, sessionId);
    const there = known === null ? 0 : read.filter((row) => known.has(saidIn(row, ports.hash))).length;
    if (known !== null && there === 0) aside("taken", 0, read.length);
    else if (known !== null && there < read.length) aside("mixed", there, read.length - there);
    else if (known !== null) total.alreadyThere += there;
    else {
      const refusal = await adopt(store, sessionId, { rows: read, ports });
      if (refusal === null) {
        total.adopted += 1;
        total.messages += read.length;
        renamed.push(...renamesOf(foreignId, read, ports.hash));
      } else aside(refusal, 0, read.length);
    }
  }
  return { ...total, setAside, renamed };
};

const groupBySession = async (
  rows: AsyncIterable<AdoptRow> | Iterable<AdoptRow>,
): Promise<ReadonlyMap<string, readonly AdoptRow[]>> => {
  const groups = new Map<string, AdoptRow[]>();
  for await (const row of rows) {
    const sessionId = sessionOf(row);
    const group = groups.get(sessionId);
    if (group === undefined) groups.set(sessionId, [row]);
    else group.push(row);
  }
  return groups;
};

/** What a row says its session is; the empty name for what says none, and is no row. */
const sessionOf = (row: unknown): string => {
  const said = typeof row === "object" && row !== null && "sessionId" in row ? row.sessionId : null;
  return typeof said === "string" ? said : "";
};

/** What one message says, and under which name: the same for the row that it was made of, and for no other. */
const textIn = (messageId: string, role: string, text: string): string => JSON.stringify([messageId, role, text]);

const saidIn = (row: AdoptRow, hash: Hash): string =>
  textIn(adoptedMessageId(row, hash), row.role, toWellFormed(row.text));

/** The rows in their order, each once; null where one cannot be read, or two of one name differ. */
const readRows = (group: readonly AdoptRow[]): readonly AdoptRow[] | null => {
  const byId = new Map<string, AdoptRow>();
  for (const given of group) {
    const parsed = adoptRowSchema.safeParse(given);
    if (!parsed.success) return null;
    const same = byId.get(parsed.data.messageId);
    if (same !== undefined && (same.text !== parsed.data.text || same.role !== parsed.data.role)) return null;
    if (same === undefined) byId.set(parsed.data.messageId, parsed.data);
  }
  return [...byId.values()].toSorted(
    (left, right) => left.time - right.time || (left.messageId < right.messageId ? -1 : 1),
  );
};

/** What the messages of a session say; null where there is no such session. */
const messagesOf = async (store: Store, sessionId: SessionId): Promise<ReadonlySet<string> | null> => {
  const found = new Set<string>();
  for (let after = -1; ;) {
    const page = await store.history({ sessionId, after, limit: maxMessagesPerPage });
    if (page === null) return null;
    for (const message of await messagesOn(store, page)) {
      const text = message.role === "assistant" ? message.content.map(textOf).join("") : message.text;
      found.add(textIn(message.messageId, message.role, text));
    }
    if (page.messages.length < maxMessagesPerPage) return found;
    after = page.messages.at(-1)?.seq ?? after;
  }
};

const messagesOn = async (store: Store, { events, frozen }: HistoryPage): Promise<readonly Message[]> => {
  const history = new History();
  for (const message of frozen) history.restore(thawMessage(message));
  for (const sealed of events) {
    const event = decodeEvent(sealed);
    if (event !== null) history.apply(await inlineBlobs(event, (hash) => store.blob(hash)));
  }
  return history.messages;
};

const textOf = (part: AssistantMessage["content"][number]): string => (part.type === "text" ? part.text : "");

/** Null where it was adopted, else the code with which it was refused. */
const adopt = async (
  store: Store,
  sessionId: SessionId,
  { rows, ports }: { readonly rows: readonly AdoptRow[]; readonly ports: AdoptPorts },
): Promise<string | null> => {
  try {
    await store.import(adoptedEvents({ sessionId, rows, ...ports }));
    return null;
  } catch (error) {
    if (HoldfastError.isInstance(error) && refusals.has(error.code)) return error.code;
    throw error;
  }
};

// What says that this session cannot come in; anything else says that the store cannot go on.
const refusals: ReadonlySet<string> = new Set([
  "event.invalid-data",
  "import.divergent",
  "import.not-replica",
  "import.reused-id",
  "input.conflict",
  "store.condition-failed",
]);

const renamesOf = (sessionId: string, rows: readonly AdoptRow[], hash: Hash) =>
  [
    { from: sessionId, to: adoptedSessionId(sessionId, hash) as string },
    ...rows.map((row) => ({ from: row.messageId, to: adoptedMessageId(row, hash) as string })),
  ].filter(({ from, to }) => from !== to);

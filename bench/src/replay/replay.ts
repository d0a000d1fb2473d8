import { join } from "node:path";

import { decodeEvent } from "@holdfast/core/event";
import { maxEventsPerPage } from "@holdfast/core/store";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { admitPlan, createDrafts, createPlan, endPlan, startPlan, turnEvents } from "@holdfast/testkit";
import Database from "better-sqlite3";

import { paired } from "../bench.ts";
import { makeScratch } from "../scratch.ts";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { Bench } from "../bench.ts";

const rounds = 7;
const events = 100_000;
/** An admission, a start, nine events between, and an end. */
const eventsPerTurn = 12;
/** The design's measure: events of about 300 bytes, where their type has a text. */
const text = "x".repeat(250);

/** A session of so many events, of every type that a turn has. */
const writeLog = async (store: Store): Promise<SessionId> => {
  const drafts = createDrafts("bench");
  await store.commit(createPlan(drafts));
  const writes: Promise<unknown>[] = [];
  for (let number = 1; number <= Math.ceil(events / eventsPerTurn); number++) {
    const turn = drafts.turn(number);
    const more = turnEvents(turn).map((event) => (event.type === "text.ended" ? turn.text({ text }) : event));
    const expected = number === 1 ? null : { owner: null, fence: number - 1, counter: null };
    writes.push(
      store.commit(admitPlan(turn, { text })),
      store.commit(startPlan(turn, more, expected)),
      store.commit(endPlan(turn, { owner: turn.ownerId, fence: number })),
    );
    if (writes.length > 300) await Promise.all(writes.splice(0));
  }
  await Promise.all(writes);
  return drafts.sessionId;
};

/** Ours: the log through the contract, page by page, each event checked against the schema of its type. In events a second. */
const measureStore = async (store: Store, sessionId: SessionId): Promise<number> => {
  const startedAt = performance.now();
  let read = 0;
  for (let after = -1; ;) {
    const page = await store.events({ sessionId, after, limit: maxEventsPerPage });
    for (const sealed of page) if (decodeEvent(sealed) !== null) read += 1;
    if (page.length < maxEventsPerPage) return rateOf(read, startedAt);
    after = page.at(-1)?.seq ?? after;
  }
};

/** The floor: one SELECT of the same rows, by the same index, and JSON.parse of their data; nothing is checked. */
const measureRaw = (database: Database.Database, sessionId: SessionId): number => {
  // The hash as a text: a buffer of each row costs twice as much as the whole rest of it.
  const select = database.prepare(
    `select seq, 'evt_' || id as id, typeKey, version, time, fence, ignorable, lower(hex(hash)) as hash, data
     from event where place >= ? and place < ? order by place`,
  );
  const range = database
    .prepare("select sessionKey << 26, sessionKey + 1 << 26 from session where sessionId = ?")
    .raw()
    .get(sessionId) as [number, number];
  const startedAt = performance.now();
  let read = 0;
  for (const row of select.iterate(...range) as Iterable<{ data: unknown }>) {
    row.data = JSON.parse(row.data as string);
    read += 1;
  }
  return rateOf(read, startedAt);
};

const rateOf = (read: number, startedAt: number): number => {
  if (read < events) throw new Error(`expected at least ${events} events, found ${read}`);
  return (read / (performance.now() - startedAt)) * 1_000;
};

/** A whole log read again, against SELECT and JSON.parse of the same rows. */
export const replay: Bench = {
  name: "replay",
  run: async () => {
    await using scratch = await makeScratch();
    const path = join(scratch.directory, "sessions.db");
    await using store = await openSqliteStore({ path });
    const sessionId = await writeLog(store);
    const database = new Database(path, { readonly: true });
    try {
      const figure = await paired({
        bench: "replay",
        metric: `replay of ${events.toLocaleString("en")} events, validation on`,
        unit: "events/s",
        rounds,
        bound: { atLeast: 0.7 },
        ours: () => measureStore(store, sessionId),
        floor: () => Promise.resolve(measureRaw(database, sessionId)),
      });
      return [figure];
    } finally {
      database.close();
    }
  },
};

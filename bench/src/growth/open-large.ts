import { join } from "node:path";

import { openSqliteStore } from "@holdfast/store-sqlite";
import { admitPlan, createDrafts, createPlan, endPlan, startPlan, turnEvents } from "@holdfast/testkit";
import Database from "better-sqlite3";

import { median, tidy } from "../bench.ts";
import { makeScratch } from "../scratch.ts";

import type { Figure } from "../bench.ts";

const events = 1_000_000;
const sessions = 1_000;
const turns = 84;
const rounds = 9;

/** Opening a store that holds a million events, against opening one that holds a session. */
export const measureOpening = async (): Promise<Figure> => {
  await using scratch = await makeScratch();
  const small = join(scratch.directory, "small.db");
  const large = join(scratch.directory, "large.db");
  await writeOneSession(small);
  await writeOneSession(large);
  multiply(large);
  const values: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = [await openingMs(large), await openingMs(small)] as const;
    // The first round only warms up.
    if (round === 0) continue;
    values.push(pair[0]);
    floors.push(pair[1]);
  }
  const value = median(values);
  return {
    bench: "growth",
    metric: `opening a store with ${events.toLocaleString("en")} events, against one with a session`,
    unit: "ms",
    value: tidy(value),
    floor: tidy(median(floors)),
    ratio: tidy(median(values.map((ms, round) => ms / (floors[round] ?? 1)))),
    bound: "printed",
    ok: true,
    spread: Math.round(((Math.max(...values) - Math.min(...values)) / value) * 100),
  };
};

const openingMs = async (path: string): Promise<number> => {
  const startedAt = performance.now();
  await using store = await openSqliteStore({ path });
  await store.sessions({ limit: 50 });
  return performance.now() - startedAt;
};

const writeOneSession = async (path: string): Promise<void> => {
  await using store = await openSqliteStore({ path });
  const drafts = createDrafts("bench");
  await store.commit(createPlan(drafts));
  for (let number = 1; number <= turns; number++) {
    const turn = drafts.turn(number);
    const expected = number === 1 ? null : { owner: null, fence: number - 1, counter: null };
    await store.commit(admitPlan(turn));
    await store.commit(startPlan(turn, turnEvents(turn), expected));
    await store.commit(endPlan(turn, { owner: turn.ownerId, fence: number }));
  }
};

/** Writes the session's rows again under other names and numbers: whole rows of the size of real ones, which is all that opening could see. */
const multiply = (path: string): void => {
  const database = new Database(path);
  try {
    database.pragma("journal_mode = off");
    database.pragma("synchronous = off");
    for (const table of ["session", "event"]) {
      const columns = (database.pragma(`table_info(${table})`) as { readonly name: string }[]).map(({ name }) => name);
      const copies: { readonly [column: string]: string } = {
        sessionKey: "sessionKey + number",
        place: "place + number * (1 << 26)",
        sessionId: "printf('ses_copy%04d', number)",
      };
      const values = columns.map((column) => copies[column] ?? column);
      // The copies come after the original in its order, so that the file is written from its beginning to its end.
      database.exec(
        `with recursive numbers(number) as (select 1 union all select number + 1 from numbers where number < ${sessions}),
           original as materialized (select * from ${table})
         insert into ${table} (${columns.join(", ")}) select ${values.join(", ")} from numbers cross join original`,
      );
    }
    const written = database.prepare("select count(*) from event").pluck().get() as number;
    if (written < events) throw new Error(`expected at least ${events} events, found ${written}`);
  } finally {
    database.close();
  }
};

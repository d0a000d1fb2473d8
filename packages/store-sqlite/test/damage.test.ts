import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";

import { HoldfastError } from "@holdfast/core";
import { planPrune, tableNames, verifySession } from "@holdfast/core/store";
import { createDrafts, sha256, ownerPlan, startPlan } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { changeFile } from "./version-1.ts";
import { writeTurns } from "./write-turns.ts";

import type { TableName } from "@holdfast/core/store";

const d = createDrafts("harm");
const { sessionId } = d;

const makeStore = async (path: string, turns: number): Promise<void> => {
  await using store = await openSqliteStore({ path });
  await writeTurns(store, d, [1, turns]);
};

const verify = async (path: string) => {
  await using store = await openSqliteStore({ path });
  return await verifySession(store, sessionId, sha256);
};

const codeOf = async (running: Promise<unknown>): Promise<string> => {
  const error: unknown = await running.then(
    () => new Error("expected a refusal, found none"),
    (reason: unknown) => reason,
  );
  if (!HoldfastError.isInstance(error)) throw error;
  return error.code;
};

describe("a deleted write-ahead log", () => {
  it("takes what was committed since the last checkpoint with it, and nothing else: all laws hold", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 10);
    const store = await openSqliteStore({ path });
    await writeTurns(store, d, [11, 12]);
    // As a kill leaves the files: the last turns are in the log alone.
    const [file, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
    await store[Symbol.asyncDispose]();
    writeFileSync(path, file);
    writeFileSync(`${path}-wal`, log);
    rmSync(`${path}-wal`);
    rmSync(`${path}-shm`, { force: true });

    expect(await verify(path)).toEqual({ events: 121, chain: [], projections: [] });
    await using again = await openSqliteStore({ path });
    // What was lost is not known any more, so the same input is admitted as a new one, and seqs go on without a gap.
    expect(await again.admission({ messageId: d.turn(11).inputId })).toBeNull();
    await writeTurns(again, d, [11, 11]);
    expect(await verifySession(again, sessionId, sha256)).toEqual({ events: 133, chain: [], projections: [] });
  });
});

describe("a damaged file", () => {
  it.each([0.9, 0.5, 0.1])("that was cut to %d of its length is corrupt", async (part) => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 40);
    const { length } = readFileSync(path);
    truncateSync(path, Math.floor(length * part));
    expect(await codeOf(verify(path))).toBe("store.corrupt");
    expect(await codeOf(openSqliteStore({ path, quickCheck: true }))).toBe("store.corrupt");
    expect(readFileSync(path).length).toBe(Math.floor(length * part));
  });

  it.each(["event", "session", "call"])("with a broken page header in %s is corrupt", async (table) => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 40);
    const database = new Database(path, { readonly: true });
    const root = database.prepare("select rootpage from sqlite_schema where name = ?").pluck().get(table) as number;
    const pageBytes = database.pragma("page_size", { simple: true }) as number;
    database.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, (root - 1) * pageBytes, (root - 1) * pageBytes + 8);
    writeFileSync(path, bytes);
    const write = async () => {
      await using store = await openSqliteStore({ path });
      await verifySession(store, sessionId, sha256);
    };
    expect(await codeOf(write())).toBe("store.corrupt");
    expect(readFileSync(path)).toEqual(bytes);
  });
});

/** An ask that is open, in an execution of a third turn. */
const askIn = async (path: string): Promise<void> => {
  await using store = await openSqliteStore({ path });
  const { claim } = (await store.snapshot(sessionId)) ?? {};
  const turn = d.turn(3);
  const expected = claim == null ? null : { ...claim, counter: null };
  const asking = [turn.contextAdmitted(), turn.stepStarted(), turn.attemptStarted(), turn.called(), turn.askOpened()];
  await store.commit(startPlan(turn, asking, expected));
  const rest = [turn.todoUpdated(), turn.compactionStarted(), turn.compactionEnded()];
  await store.commit(ownerPlan(turn, [turn.askExpired(), turn.begun(), ...rest], (claim?.fence ?? 0) + 1));
};

/** Every way to change one character of a text for another of the same length; the text stays JSON where it can. */
const flipped = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;

describe("an event that is gone from the middle of the log", () => {
  it("is located by verifySession, also where a page begins after it", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 1);
    changeFile(path, "delete from event where seq = 6");
    const { chain } = await verify(path);
    expect(chain).toMatchObject([
      { kind: "gap", seq: 6, found: 7 },
      { kind: "broken-chain", seq: 7 },
      { kind: "wrong-hash" },
    ]);
    await using store = await openSqliteStore({ path });
    const [event] = await store.events({ sessionId, after: 6, limit: 1 });
    expect(event).toMatchObject({ seq: 7, prevHash: "0".repeat(64) });
  });
});

describe("a flipped byte", () => {
  it("in any event's data, the last event's too, is located by verifySession", { timeout: 60_000 }, async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 2);
    const database = new Database(path);
    await using store = await openSqliteStore({ path });
    const rows = database.prepare("select seq, data from event order by seq").all() as { seq: number; data: string }[];
    const change = database.prepare("update event set data = ? where seq = ?");
    let flips = 0;
    for (const { seq, data } of rows) {
      // Inside of every string value of the event, once.
      for (const { index } of data.matchAll(/(?<=:")[^"\\]/g)) {
        change.run(flipped(data, index), seq);
        const { chain } = await verifySession(store, sessionId, sha256);
        expect({ seq, index, found: chain[0] }).toEqual({ seq, index, found: { kind: "wrong-hash", seq } });
        // An admission that does not fit its event any more is told beside it.
        expect(chain.slice(1).filter((finding) => finding.kind !== "wrong-admission")).toEqual([]);
        flips += 1;
      }
      change.run(data, seq);
    }
    database.close();
    expect(rows.at(-1)?.seq).toBe(24);
    expect(flips).toBeGreaterThan(60);
    expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 25, chain: [], projections: [] });
  });

  it.each([
    ["id", "id = 'x' || substr(id, 2)"],
    ["type", "typeKey = typeKey + 1"],
    ["type, which is then none", "typeKey = 99"],
    ["hash", "hash = cast(x'00' || substr(hash, 2) as blob)"],
    ["hash, which is then too short", "hash = x'00'"],
  ])("in the last event's %s is located too", async (_, set) => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 1);
    changeFile(path, `update event set ${set} where seq = 12`);
    const { chain } = await verify(path);
    expect(chain).toContainEqual({ kind: "wrong-hash", seq: 12 });
    expect(chain.every((finding) => !("seq" in finding) || finding.seq === 12)).toBe(true);
  });

  it("in a hash within the log is located: neither its event nor the next one fits it", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 1);
    changeFile(path, "update event set hash = cast(x'00' || substr(hash, 2) as blob) where seq = 6");
    expect((await verify(path)).chain).toEqual([6, 7].map((seq) => ({ kind: "wrong-hash", seq })));
  });

  it("in the name of a type is located at every event of the type", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 2);
    changeFile(path, "update eventType set name = 'x' || substr(name, 2) where name = 'execution.ended'");
    expect((await verify(path)).chain).toEqual([12, 24].map((seq) => ({ kind: "wrong-hash", seq })));
  });

  it("in the rows of a floor is refused as corrupt where they are no JSON any more", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 3);
    await using store = await openSqliteStore({ path });
    const plan = await planPrune(store, sessionId, { policy: { now: 0, keepEvents: 5 }, hash: sha256 });
    await store.prune(plan!);
    changeFile(path, "update floor set rows = 'x' || substr(rows, 2)");
    expect(await codeOf(store.floor(sessionId))).toBe("store.corrupt");
  });

  it.each(tableNames)(
    "in a row of %s makes the rebuild differ, and the finding says where",
    async (table: TableName) => {
      using folder = temporaryFolder();
      const path = folder.join("store.db");
      await makeStore(path, 2);
      await askIn(path);
      const column = {
        session: "title",
        input: "delivery",
        message: "role",
        block: "kind",
        call: "name",
        execution: "runtime",
        step: "state",
        attempt: "state",
        ask: "state",
        todo: "items",
        compaction: "summary",
        context: "text",
      }[table];
      changeFile(path, `update "${table}" set ${column} = 'x' || substr(${column}, 2)`);
      const { chain, projections } = await verify(path);
      expect(chain).toEqual([]);
      expect(projections.length).toBeGreaterThan(0);
      expect(projections.every((finding) => finding.kind === "wrong-row" && finding.table === table)).toBe(true);
      expect(JSON.stringify(projections)).toContain(`"${column}`.replaceAll('"', '\\"'));
    },
  );

  it("in a frozen message or in the floor's record is located", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path, 3);
    {
      await using store = await openSqliteStore({ path });
      const plan = await planPrune(store, sessionId, { policy: { now: 0, keepEvents: 5 }, hash: sha256 });
      await store.prune(plan!);
    }
    changeFile(
      path,
      "update frozenMessage set value = replace(value, 'Say', 'Sax') where seq = (select min(seq) from frozenMessage)",
    );
    const { chain } = await verify(path);
    expect(chain).toMatchObject([{ kind: "wrong-message", messageId: d.turn(1).inputId }]);
    changeFile(path, "update frozenMessage set value = replace(value, 'Sax', 'Say')");
    changeFile(path, "update floor set rows = replace(rows, '\"completed\"', '\"failed\"')");
    expect((await verify(path)).projections).toMatchObject([{ table: "execution" }, { table: "execution" }]);
  });
});

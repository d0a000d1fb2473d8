import { toTextValue } from "@holdfast/core/event";
import { admitPlan, createDrafts, createPlan, ownerPlan, sha256, startPlan, turnEvents } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it, vi } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { writeTurns } from "./write-turns.ts";

import type { Store } from "@holdfast/core/store";

/** Tables whose rows grow with a session, or with the store. */
const growing =
  "event|session|input|message|block|call|execution|step|attempt|ask|admission|approval|blob|blobReference|frozenMessage|output|outputChunk";

// Partial indexes of what is open, and the orders of executions and steps, of which the last are read: short, whatever the session's length.
const short = ["input_pending", "execution_open", "execution_order", "step_order", "ask_open"];

/** Statements that go over a whole session because that is what they are for: the comparison with a rebuild, pruning, and deletion. */
const isWhole = (sql: string) =>
  /order by sessionKey|<= :seq|limit :limit|^select messageId, seq from message/.test(sql);

const planOf = (database: Database.Database, sql: string): readonly string[] => {
  const names = [...new Set([...sql.matchAll(/:(\w+)/g)].map(([, name]) => name))];
  const marks = sql.match(/\?/g)?.length ?? 0;
  const bound = names.length > 0 ? [Object.fromEntries(names.map((name) => [name, null]))] : Array(marks).fill(null);
  const rows = database.prepare(`explain query plan ${sql}`).all(...bound) as { readonly detail: string }[];
  return rows.map(({ detail }) => detail);
};

/** The plan of the one statement that a read prepares, whatever is bound. */
const planOfRead = async (read: (store: Store, limit: number) => Promise<unknown>): Promise<readonly string[]> => {
  using folder = temporaryFolder();
  const path = folder.join("read.db");
  await using store = await openSqliteStore({ path });
  const prepared = vi.spyOn(Database.prototype, "prepare");
  let statements: readonly string[] = [];
  try {
    for (const limit of [10, 20]) await read(store, limit);
    statements = prepared.mock.calls.map(([sql]) => sql);
  } finally {
    prepared.mockRestore();
  }
  expect(statements).toHaveLength(1);
  const database = new Database(path);
  try {
    return planOf(database, statements[0] ?? "");
  } finally {
    database.close();
  }
};

/** Whether a step of a plan goes over what no index narrows down further than to a session. */
const isScan = (detail: string): boolean => {
  if (new RegExp(`^SCAN (${growing})\\b`).test(detail)) return !detail.includes("session_newest");
  const [, table = "", index = ""] =
    /^SEARCH (\w+) USING (?:COVERING )?(?:INDEX )?(.+) \(sessionKey=\?\)$/.exec(detail) ?? [];
  return growing.split("|").includes(table) && table !== "session" && !short.includes(index);
};

const { sessionId: askSession, askId } = createDrafts("plan");

const everyWrite = async (store: Store): Promise<void> => {
  const d = createDrafts("plan");
  await writeTurns(store, d, [1, 2]);
  const open = createDrafts("open");
  const { value, blobs } = toTextValue("long ".repeat(60_000), sha256);
  await store.commit(createPlan(open));
  await store.commit(admitPlan(open, { idempotencyKey: "key" }));
  await store.commit(startPlan(open, turnEvents(open).slice(0, 3)));
  const hashes = blobs.map(({ hash }) => hash);
  await store.commit({ ...ownerPlan(open, [open.text({ text: value }, { blobs: hashes })]), blobs });
  await store.commit(ownerPlan(open, [open.reasoning({ position: 2 })]));
  await store.commit({ sessionId: open.sessionId, events: [open.interruptRequested()] });
  await store.commit(ownerPlan(open, [open.called(), open.askOpened()]));
  const approval = { project: "/", action: "a", resource: "*", agent: null };
  const { askId, sessionId } = open;
  const plan = { sessionId, events: [open.askAnswered()], approvals: [{ ...approval, askId, sessionId, time: 1 }] };
  await store.commit(plan);
  await store.revoke(approval);
  const [waiting, other] = [open.turn(2), open.turn(3)];
  for (const turn of [waiting, other]) await store.commit(admitPlan(turn));
  const seq = (await store.head(sessionId))?.seq ?? 0;
  await store.commit({
    sessionId,
    events: [waiting.replaced({ replaces: seq - 1 }), other.withdrawn({ withdraws: seq })],
  });
  await store.commit({ sessionId, events: [open.sessionUpdated()] });
  await store.renew({
    ownerId: d.ownerId,
    runtime: "r",
    host: "h",
    boot: null,
    pidNamespace: null,
    pid: 1,
    startTime: null,
  });
  await store.putOutput({ sessionId: d.sessionId, callId: d.callId, attempt: 1 }, Uint8Array.of(1));
};

const everyRead = async (store: Store): Promise<void> => {
  const { sessionId, inputId, callId } = createDrafts("plan");
  await store.head(sessionId);
  await store.events({ sessionId, after: -1, limit: 500 });
  await store.session(sessionId);
  await store.sessions({ limit: 10 });
  await store.sessions({ limit: 10, directory: "/d" });
  await store.sessions({ limit: 10, parentId: sessionId });
  await store.sessions({ limit: 10, before: { createdTime: 1, sessionId } });
  await store.sessions({ limit: 10, directory: "/d", before: { createdTime: 1, sessionId } });
  await store.snapshot(sessionId);
  await store.history({ sessionId, after: -1, limit: 200 });
  await store.input({ sessionId, messageId: inputId });
  await store.admission({ messageId: inputId });
  await store.admission({ sessionId, idempotencyKey: "key" });
  await store.withdrawn({ sessionId, after: -1, limit: 10 });
  await store.rows(sessionId);
  await store.approvals({ project: "/" });
  await store.workloads({ runtime: "test", limit: 10 });
  await store.readOutput({ sessionId, callId, attempt: 1 }, { offset: 0, limit: 10 });
  await store.blob("0".repeat(64));
};

/** The SQL of everything that is prepared while a store is opened, written to and read. */
const statementsOf = async (path: string): Promise<readonly string[]> => {
  const prepared = vi.spyOn(Database.prototype, "prepare");
  try {
    await using store = await openSqliteStore({ path });
    prepared.mockClear();
    await everyWrite(store);
    await everyRead(store);
    await using again = await openSqliteStore({ path });
    await everyRead(again);
    const all = [...new Set(prepared.mock.calls.map(([sql]) => sql))];
    return all.filter((sql) => /^\s*(select|insert|replace|update|delete|with)\b/i.test(sql));
  } finally {
    prepared.mockRestore();
  }
};

describe("query plans", () => {
  it("no statement of a commit or a read goes over a session's rows, or all sessions, where an index serves", async () => {
    using folder = temporaryFolder();
    const path = folder.join("plans.db");
    const statements = await statementsOf(path);
    const database = new Database(path);
    const scans = statements
      .filter((sql) => !isWhole(sql))
      .flatMap((sql) =>
        planOf(database, sql)
          .filter(isScan)
          .map((detail) => `${detail} <- ${sql.replaceAll(/\s+/g, " ")}`),
      );
    database.close();
    expect(statements.length).toBeGreaterThan(60);
    expect(scans).toEqual([]);
  });

  it.each([
    ["open ones of a session", { sessionId: askSession, state: "open" }, ["ask_open (sessionKey=?)"]],
    ["those of a session", { sessionId: askSession }, ["ask_order (sessionKey=?)"]],
    ["the one of an ID", { sessionId: askSession, askId }, ["PRIMARY KEY (sessionKey=? AND askId=?)"]],
    [
      "the open one of an ID",
      { sessionId: askSession, askId, state: "open" },
      ["PRIMARY KEY (sessionKey=? AND askId=?)"],
    ],
    [
      "those after another",
      { sessionId: askSession, after: { sessionId: askSession, seq: 1 } },
      ["ask_order (sessionKey=? AND seq>?)"],
    ],
    [
      "open ones of a family",
      { rootId: askSession, state: "open" },
      ["session_root (rootId=?)", "ask_open (sessionKey=?)"],
    ],
    ["those of a family", { rootId: askSession }, ["session_root (rootId=?)", "ask_order (sessionKey=?)"]],
    ["open ones of all sessions", { state: "open" }, ["SCAN ask USING INDEX ask_open"]],
  ] as const)("%s of the asks are found by an index", async (_, query, indexes) => {
    const details = await planOfRead((store, limit) => store.asks({ limit, ...query }));
    for (const index of indexes) expect(details).toContainEqual(expect.stringContaining(index));
    expect(details.filter((detail) => /SCAN (session|ask$)/.test(detail))).toEqual([]);
  });

  it.each([
    ["all", {}, "session_newest"],
    ["those of a directory", { directory: "/d" }, "session_directory"],
    ["those of a parent", { parentId: createDrafts("plan").sessionId }, "session_parent"],
  ])("%s of the sessions are listed in the order of an index", async (_, query, index) => {
    const details = await planOfRead((store, limit) => store.sessions({ limit, ...query }));
    expect(details).toEqual([expect.stringContaining(index)]);
  });
});

import { adoptRows, verifySession } from "@holdfast/core/store";
import { describe, expect, it } from "vitest";

import { createMemoryStore } from "../src/memory-store/memory-store.ts";
import { createRandom } from "../src/seeded-ids.ts";
import { sha256 } from "../src/sha256.ts";
import { readMessages } from "../src/store-contract/fold.ts";
import { readLog } from "../src/store-contract/whole-session.ts";

import type { SessionId } from "@holdfast/core";
import type { AdoptRow, Store } from "@holdfast/core/store";

const ports = { hash: sha256, directory: "/srv/project" };

const rowOf = (session: string, index: number): AdoptRow => ({
  sessionId: session,
  messageId: `${session.replace("ses_", "msg_")}n${index}`,
  time: 1_700_000_000_000 + index * 1_000,
  role: index % 2 === 0 ? "user" : "assistant",
  text: `Message ${index} of ${session}`,
  ...(index === 0 ? { title: `Session ${session}` } : {}),
  ...(index % 2 === 0 ? {} : { model: { id: "m", provider: "p" } }),
});

const rowsOf = (session: string, count: number): readonly AdoptRow[] =>
  Array.from({ length: count }, (_, index) => rowOf(session, index));

/** The mix that a user of another product reported: 2,040 rows, of 237 sessions without events and one with all its 47. */
const withEvents = rowsOf("ses_whole", 47);
const withoutEvents = (): readonly AdoptRow[] => {
  // 1,993 rows: 8 each, and a ninth for the first 97 sessions.
  const sessions = Array.from({ length: 237 }, (_, index) => rowsOf(`ses_old${index}`, index < 97 ? 9 : 8));
  const random = createRandom(3);
  return sessions
    .flat()
    .map((row) => ({ row, place: random() }))
    .toSorted((left, right) => left.place - right.place)
    .map(({ row }) => row);
};

const idsOf = async (store: Store, session: string) =>
  (await readMessages(store, session as SessionId)).map(({ messageId }) => messageId);

describe("adoptRows", () => {
  it("brings 237 sessions without events into the log, finds one with all its 47, and does nothing again", async () => {
    await using store = createMemoryStore();
    await adoptRows(store, withEvents, ports);
    const before = await readLog(store, "ses_whole" as SessionId);
    const rows = [...withoutEvents(), ...withEvents];
    expect(rows).toHaveLength(2_040);
    const done = { adopted: 237, messages: 1_993, alreadyThere: 47, setAside: [], renamed: [] };
    expect(await adoptRows(store, rows, ports)).toEqual(done);
    expect(await readLog(store, "ses_whole" as SessionId)).toEqual(before);
    for (const session of ["ses_old0", "ses_old96", "ses_old97", "ses_old236", "ses_whole"]) {
      const own = rows.filter(({ sessionId }) => sessionId === session).toSorted((a, b) => a.time - b.time);
      expect(await idsOf(store, session)).toEqual(own.map(({ messageId }) => messageId));
      const verified = await verifySession(store, session as SessionId, sha256);
      expect(verified).toMatchObject({ chain: [], projections: [] });
    }
    expect(await store.session("ses_old7" as SessionId)).toMatchObject({
      title: "Session ses_old7",
      directory: "/srv/project",
      createdTime: 1_700_000_000_000,
    });
    expect(await adoptRows(store, rows, ports)).toEqual({ ...done, adopted: 0, messages: 0, alreadyThere: 2_040 });
  });

  it("sets a session aside that has events for some of its rows alone, and goes on with the rest", async () => {
    await using store = createMemoryStore();
    await adoptRows(store, rowsOf("ses_mixed", 5), ports);
    const before = await readLog(store, "ses_mixed" as SessionId);
    const rows = [...rowsOf("ses_mixed", 12), ...rowsOf("ses_after", 3)];
    expect(await adoptRows(store, rows, ports)).toEqual({
      adopted: 1,
      messages: 3,
      alreadyThere: 0,
      setAside: [{ sessionId: "ses_mixed", withEvents: 5, withoutEvents: 7, reason: "mixed" }],
      renamed: [],
    });
    expect(await readLog(store, "ses_mixed" as SessionId)).toEqual(before);
  });

  it("orders by time, then by ID, whoever speaks twice, and keeps long and broken texts", async () => {
    await using store = createMemoryStore();
    const base = rowOf("ses_order", 0);
    const long = "It goes on. ".repeat(40_000);
    const rows: readonly AdoptRow[] = [
      { ...base, messageId: "msg_d", time: 9, role: "user", text: long },
      { ...base, messageId: "msg_c", time: 5, role: "assistant", text: "cut \ud83d" },
      { ...base, messageId: "msg_b", time: 5, role: "assistant", text: "b" },
      { ...base, messageId: "msg_a", time: 1, role: "assistant", text: "first, and nobody asked" },
      { ...base, messageId: "msg_e", time: 10, role: "user", text: "e", directory: "/elsewhere" },
    ];
    await adoptRows(store, rows, ports);
    const messages = await readMessages(store, "ses_order" as SessionId);
    expect(messages.map(({ messageId }) => messageId)).toEqual(["msg_a", "msg_b", "msg_c", "msg_d", "msg_e"]);
    expect(messages[2]).toMatchObject({
      content: [{ text: "cut \ufffd" }],
      status: "finished",
      model: { id: "unknown" },
    });
    expect(messages[3]).toMatchObject({ text: long, role: "user" });
    expect(await store.session("ses_order" as SessionId)).toMatchObject({ directory: "/elsewhere" });
    expect(await store.snapshot("ses_order" as SessionId)).toMatchObject({
      replica: null,
      inputs: [],
      execution: { state: "ended", outcome: "completed" },
    });
  });

  it("gives names that do not fit others that are the same each time, and says so", async () => {
    await using store = createMemoryStore();
    const rows = rowsOf("7d1f-44 ☂", 4);
    const first = await adoptRows(store, rows, ports);
    expect(first).toMatchObject({ adopted: 1, messages: 4, setAside: [] });
    expect(first.renamed).toHaveLength(5);
    expect(first.renamed[0]?.from).toBe("7d1f-44 ☂");
    expect(await idsOf(store, first.renamed[0]?.to ?? "")).toEqual(first.renamed.slice(1).map(({ to }) => to));
    expect(await adoptRows(store, rows, ports)).toMatchObject({ adopted: 0, alreadyThere: 4 });
  });

  it("sets aside what cannot be read, and what the store refuses", async () => {
    await using store = createMemoryStore();
    const broken = { ...rowOf("ses_broken", 1), time: -1 };
    const twice = [rowOf("ses_twice", 0), { ...rowOf("ses_twice", 0), text: "another" }];
    const { setAside, adopted } = await adoptRows(store, [broken, ...twice, ...rowsOf("ses_fine", 2)], ports);
    expect(adopted).toBe(1);
    expect(setAside.map(({ sessionId, reason }) => `${sessionId} ${reason}`)).toEqual([
      "ses_broken invalid",
      "ses_twice invalid",
    ]);
  });

  it("sets aside what is no row at all, and goes on", async () => {
    await using store = createMemoryStore();
    const rows = [null, undefined, "row", { sessionId: 7 }, ...rowsOf("ses_fine", 2)] as readonly AdoptRow[];
    expect(await adoptRows(store, rows, ports)).toMatchObject({
      adopted: 1,
      setAside: [{ sessionId: "", reason: "invalid", withEvents: 0, withoutEvents: 4 }],
    });
  });

  it("sets aside a session whose name another has, and messages that say other things under the same names", async () => {
    await using store = createMemoryStore();
    await adoptRows(store, rowsOf("ses_taken", 2), ports);
    const other = rowsOf("ses_taken", 2).map((row) => ({ ...row, messageId: `${row.messageId}x` }));
    const changed = rowsOf("ses_taken", 2).map((row) => ({ ...row, text: "another" }));
    for (const rows of [other, changed]) {
      expect(await adoptRows(store, rows, ports)).toMatchObject({
        adopted: 0,
        alreadyThere: 0,
        setAside: [{ sessionId: "ses_taken", reason: "taken", withEvents: 0, withoutEvents: 2 }],
      });
    }
    const half = rowsOf("ses_taken", 2).with(1, { ...rowOf("ses_taken", 1), text: "another" });
    expect(await adoptRows(store, half, ports)).toMatchObject({
      setAside: [{ reason: "mixed", withEvents: 1, withoutEvents: 1 }],
    });
  });
});

import { setTimeout as sleep } from "node:timers/promises";

import { toTextValue } from "@holdfast/core/event";
import { admitPlan, createDrafts, createPlan, sha256 } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { holdLock } from "./hold-lock.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { CommitPlan } from "@holdfast/core/store";

const d = createDrafts("captured");
const key = { sessionId: d.sessionId, callId: d.callId, attempt: 1 };

/** A plan that its maker may change: the testkit's share some of their parts. */
const admission = (turn: number, text = "as it was"): CommitPlan =>
  structuredClone(admitPlan(d.turn(turn), { text, metadata: { list: [1, { two: 2 }] } }));

/** Changes every text and number of a value, all the way down. */
const spoil = (value: unknown): void => {
  if (value instanceof Uint8Array) value.fill(0xff);
  else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === "object") spoil(member);
      else Reflect.set(value, name, typeof member === "number" ? member + 1_000 : "spoilt");
    }
  }
};

const begin = async () => {
  const store = await openSqliteStore({ path: ":memory:" });
  await store.commit(createPlan(d));
  return store;
};

describe("what its maker changes after the call", () => {
  it("changes no plan that waits", async () => {
    await using store = await begin();
    const { value, blobs } = toTextValue("long ".repeat(60_000), sha256);
    const plan = structuredClone({
      ...admission(1),
      events: [d.admitted({ text: value }, { blobs: blobs.map(({ hash }) => hash) })],
      blobs,
      changes: [{ op: "require", table: "step", where: { state: "open" }, expect: "none" }],
    }) as CommitPlan;
    const expected = structuredClone(plan);
    const committed = store.commit(plan);
    spoil(plan);
    const { events } = (await committed) as Extract<Awaited<typeof committed>, { status: "committed" }>;
    expect(events).toMatchObject([{ id: expected.events[0]?.id, data: expected.events[0]?.data }]);
    expect(await store.events({ sessionId: d.sessionId, after: 0, limit: 1 })).toEqual(events);
    expect(await store.blob(blobs[0]?.hash ?? "")).toBe(blobs[0]?.text);
    expect(await store.admission({ messageId: d.inputId })).toMatchObject({
      payloadHash: expected.admission?.payloadHash,
    });
  });

  it("changes no plan that waits for another process", async () => {
    using folder = temporaryFolder();
    await using store = await openSqliteStore({ path: folder.join("store.db") });
    await store.commit(createPlan(d));
    const lock = holdLock(folder.join("store.db"));
    const plan = admission(1);
    const committed = store.commit(plan);
    await sleep(80);
    spoil(plan);
    lock[Symbol.dispose]();
    await committed;
    expect(await store.events({ sessionId: d.sessionId, after: 0, limit: 1 })).toMatchObject([
      { data: { text: "as it was", metadata: { list: [1, { two: 2 }] } } },
    ]);
  });

  it("changes no output and no renewal", async () => {
    await using store = await begin();
    const content = Buffer.from([1, 2, 3]);
    const own = { ...key };
    const put = store.putOutput(own, content);
    spoil(content);
    spoil(own);
    const record = {
      ownerId: d.ownerId,
      runtime: "r",
      host: "h",
      boot: null,
      pidNamespace: null,
      pid: 1,
      startTime: null,
    };
    const renewed = store.renew(record);
    record.runtime = "spoilt";
    await Promise.all([put, renewed]);
    expect((await store.readOutput(key, { offset: 0, limit: 9 }))?.bytes).toEqual(Uint8Array.of(1, 2, 3));
    await store.commit({
      sessionId: d.sessionId,
      events: [d.started()],
      claim: { action: "take", owner: d.ownerId, fence: 1, recoveries: 0, expected: null },
    });
    expect((await store.snapshot(d.sessionId))?.owner).toMatchObject({ runtime: "r" });
  });
});

const invalid = (plan: CommitPlan): CommitPlan => ({
  ...plan,
  events: plan.events.map((draft) => ({ ...draft, data: { ...draft.data, delivery: 7 } }) as never),
});

describe("a plan that cannot be sealed", () => {
  it("is refused in core's words, and so is a text that JSON cannot carry", async () => {
    await using store = await begin();
    await expect(store.commit(invalid(admission(1)))).rejects.toMatchObject({
      code: "event.invalid-data",
      data: { type: "input.admitted", sessionId: d.sessionId },
    });
    await expect(store.commit(admission(1, "\ud800"))).rejects.toThrow(/surrogate/);
    expect(await store.head(d.sessionId)).toMatchObject({ seq: 0 });
  });

  it("is refused for what is checked before, where that does not hold either", async () => {
    await using store = await begin();
    const plan = invalid(admission(1));
    await expect(store.commit({ ...plan, expectedSeq: 7 })).rejects.toMatchObject({ code: "store.sequence-conflict" });
    const elsewhere = { ...plan, sessionId: createDrafts("nowhere").sessionId };
    await expect(store.commit(elsewhere)).rejects.toMatchObject({ code: "session.not-found" });
    await store.commit(admission(1));
    expect(await store.commit(plan)).toMatchObject({ status: "replayed" });
  });
});

describe("an admission", () => {
  it("of one message with the event of another is refused as invalid", async () => {
    await using store = await begin();
    const plan = { ...admission(1), events: admission(2).events };
    await expect(store.commit(plan)).rejects.toMatchObject({ code: "event.invalid-data" });
    expect(await store.admission({ messageId: d.inputId })).toBeNull();
  });

  it("of a known message to a session that is not there does not find the session", async () => {
    await using store = await begin();
    await store.commit(admission(1));
    const plan = { ...admission(1), sessionId: createDrafts("nowhere").sessionId };
    await expect(store.commit(plan)).rejects.toMatchObject({ code: "session.not-found" });
  });

  it("of a known message in a plan that creates another session is a conflict", async () => {
    await using store = await begin();
    await store.commit(admission(1));
    const other = createDrafts("other");
    const plan = { ...createPlan(other), events: [other.sessionCreated(), ...admission(1).events] };
    const { admission: check } = admission(1);
    await expect(store.commit({ ...plan, ...(check && { admission: check }) })).rejects.toMatchObject({
      code: "input.conflict",
    });
    expect(await store.head(other.sessionId)).toBeNull();
  });
});

describe("a blob", () => {
  const { value, blobs } = toTextValue("long ".repeat(60_000), sha256);
  const hashes = blobs.map(({ hash }) => hash);

  it.each([
    ["whose text has another hash", { text: "another" }],
    ["whose text has another length", { bytes: 1 }],
    ["without a text", { text: undefined as never }],
  ])("%s is refused, and so is its plan", async (_, change) => {
    await using store = await begin();
    const plan = {
      sessionId: d.sessionId,
      events: [d.admitted({ text: value }, { blobs: hashes })],
      blobs: blobs.map((blob) => ({ ...blob, ...change })),
    };
    await expect(store.commit(plan)).rejects.toMatchObject({ code: "store.blob-missing", data: { hash: hashes[0] } });
    expect([await store.head(d.sessionId), await store.blob(hashes[0] ?? "")]).toMatchObject([{ seq: 0 }, null]);
  });
});

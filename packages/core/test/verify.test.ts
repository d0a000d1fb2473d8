import { hash } from "node:crypto";

import { expect, it } from "vitest";

import { RowSet } from "../src/store/row-set.ts";
import { sealPlan } from "../src/store/seal-plan.ts";
import { verifySession } from "../src/store/verify.ts";
import { grow } from "./grow-session.ts";

import type { SealedEnvelope } from "../src/event/envelope.ts";
import type { SessionId } from "../src/ids/id.ts";
import type { CommitPlan } from "../src/store/plan.ts";
import type { RowSnapshot } from "../src/store/rows.ts";
import type { Store } from "../src/store/store.ts";

const sessionId = "ses_a" as SessionId;
const sha256 = (text: string): string => hash("sha256", text);

const createSession = (
  inputs: number,
  text: unknown = "Hi",
): { readonly log: readonly SealedEnvelope[]; readonly rows: RowSnapshot } => {
  const created = { location: { directory: "/a" }, project: "/a", agent: "a", title: "", denies: [] };
  const input = { payloadHash: "0".repeat(64), text, delivery: "steer", resume: true };
  const datas = Array.from({ length: inputs }, (_, index) => ({ ...input, messageId: `msg_${index}` }));
  const events = [
    { id: "evt_c", type: "session.created", version: 1, time: 1, data: created },
    ...datas.map((data, index) => ({ id: `evt_${index}`, type: "input.admitted", version: 1, time: 1, data })),
  ];
  const rows = new RowSet(sessionId);
  const drafts = sealPlan({ sessionId, events } as unknown as CommitPlan, null, sha256);
  for (const change of drafts.flatMap(({ changes }) => changes)) rows.apply(change);
  return { log: drafts.map(({ sealed }) => sealed), rows: rows.snapshot() };
};

interface Stored {
  readonly log: readonly SealedEnvelope[];
  readonly rows: RowSnapshot;
  readonly head?: { readonly seq: number; readonly hash: string } | null;
  readonly admissions?: ReadonlyMap<string, object>;
  readonly blobs?: ReadonlyMap<string, string>;
}

const none = new Map<string, never>();

const verify = ({ log, rows, head = log.at(-1) ?? null, admissions = none, blobs = none }: Stored) =>
  verifySession(
    {
      events: async ({ after, limit }: { after: number; limit: number }) =>
        log.filter(({ seq }) => seq > after).slice(0, limit),
      floor: async () => null,
      head: async () => head,
      rows: async () => rows,
      admission: async ({ messageId }: { messageId: string }) => admissions.get(messageId) ?? null,
      blob: async (name: string) => blobs.get(name) ?? null,
    } as unknown as Store,
    sessionId,
    sha256,
  );

const changed = (log: readonly SealedEnvelope[], seq: number, change: object): readonly SealedEnvelope[] =>
  log.map((event) => (event.seq === seq ? { ...event, ...change } : event));

const intact = createSession(4);

it("finds nothing wrong with an intact session", async () => {
  expect(await verify(intact)).toEqual({ events: 5, chain: [], projections: [] });
});

it("reads a log of many pages to its end", async () => {
  expect(await verify(createSession(2_500))).toEqual({ events: 2_501, chain: [], projections: [] });
});

it("finds data that was changed after it was sealed, and the row that no longer fits", async () => {
  const event = intact.log[2];
  const log = changed(intact.log, 2, { data: { ...event?.data, delivery: "queue" } });
  const { chain, projections } = await verify({ ...intact, log });
  expect(chain).toEqual([{ kind: "wrong-hash", seq: 2 }]);
  expect(projections.map(({ kind }) => kind)).toEqual(["wrong-row", "wrong-row"]);
});

it.each([{ time: 2 }, { fence: 9 }, { id: "evt_x" }, { version: 2 }, { ignorable: true }])(
  "finds %j changed after sealing",
  async (change) => {
    const { chain } = await verify({ ...intact, log: changed(intact.log, 2, change) });
    expect(chain.filter(({ kind }) => kind !== "wrong-fence")).toEqual([{ kind: "wrong-hash", seq: 2 }]);
  },
);

it("finds a fence on what has none, none on what has one, and one that falls", async () => {
  const { log, rows } = grow(["input.admitted", "rest", "rest", "step.started", "text.ended", "rest", "rest", "rest"]);
  const fenced = log.find(({ fence }) => fence !== null)?.seq ?? -1;
  const verifyFences = async (seq: number, fence: number | null, head = 0) => {
    const { chain } = await verify({ log: changed(log, seq, { fence }), rows: rows.snapshot(), head: null });
    return chain.filter(({ kind }) => kind === "wrong-fence").slice(head);
  };
  expect(await verifyFences(0, null)).toEqual([]);
  expect(await verifyFences(0, 1)).toMatchObject([{ seq: 0, found: "1" }]);
  expect(await verifyFences(fenced, null)).toMatchObject([{ seq: fenced, found: "none" }]);
  expect((await verifyFences(fenced, 99)).map((finding) => "seq" in finding && finding.seq)).not.toContain(fenced);
  expect((await verifyFences(fenced, 99)).length).toBeGreaterThan(0);
});

it("finds an event that was sealed anew, by the link from the one after it", async () => {
  const { chain } = await verify({ ...intact, log: changed(intact.log, 2, { hash: "f".repeat(64) }) });
  expect(chain).toEqual([
    { kind: "wrong-hash", seq: 2 },
    { kind: "broken-chain", seq: 3 },
  ]);
});

it("finds an event that was taken out, and the rows that it leaves behind", async () => {
  const { chain, projections } = await verify({ ...intact, log: intact.log.filter(({ seq }) => seq !== 2) });
  expect(chain).toEqual([
    { kind: "gap", seq: 2, found: 3 },
    { kind: "broken-chain", seq: 3 },
  ]);
  expect(projections).toMatchObject([{ kind: "wrong-row", table: "input", rebuilt: null }]);
});

it("finds a log that was cut short of its head", async () => {
  const { chain } = await verify({ ...intact, log: intact.log.slice(0, -1), head: intact.log.at(-1) ?? null });
  expect(chain).toEqual([
    {
      kind: "wrong-head",
      expected: `3 ${intact.log[3]?.hash}`,
      found: `4 ${intact.log[4]?.hash}`,
    },
  ]);
});

it("finds a session that is not there", async () => {
  const { chain } = await verify({ log: [], rows: new RowSet(sessionId).snapshot(), head: null });
  expect(chain).toMatchObject([{ kind: "wrong-head", found: "no session" }]);
});

it("finds a row that was changed, missing or added beside the log", async () => {
  const [first, ...others] = intact.rows.input;
  const forged = { ...first, awake: 0 };
  const inRows = async (input: readonly object[]) =>
    (await verify({ ...intact, rows: { ...intact.rows, input: input as RowSnapshot["input"] } })).projections.length;
  expect(await inRows([forged, ...others])).toBe(2);
  expect(await inRows(others)).toBe(1);
  expect(await inRows([...intact.rows.input, { ...first, messageId: "msg_x" }])).toBe(1);
});

it.each([
  ["of an unknown type", { type: "acme.shipped" }],
  ["whose data does not fit", { data: {} }],
  ["that the rows do not allow", { data: intact.log[1]?.data }],
])("reports an event %s as unprojectable, and goes on", async (_, change) => {
  const { events, projections } = await verify({ ...intact, log: changed(intact.log, 2, change) });
  expect(events).toBe(5);
  expect(projections[0]).toMatchObject({ kind: "unprojectable", seq: 2 });
});

it("reports an event whose data could never have been sealed, and goes on", async () => {
  const data = { ...intact.log[2]?.data, text: "\ud83d" };
  const { events, chain } = await verify({ ...intact, log: changed(intact.log, 2, { data }) });
  expect(events).toBe(5);
  expect(chain).toEqual([{ kind: "wrong-hash", seq: 2 }]);
});

it("finds an identity that says something else than the event that admitted under it", async () => {
  const [, event] = intact.log;
  const row = { sessionId, seq: 1, hash: event?.hash, payloadHash: "0".repeat(64) };
  expect((await verify({ ...intact, admissions: new Map([["msg_0", row]]) })).chain).toEqual([]);
  const { chain } = await verify({ ...intact, admissions: new Map([["msg_0", { ...row, payloadHash: "1" }]]) });
  expect(chain).toMatchObject([{ kind: "wrong-admission", seq: 1 }]);
});

it("finds a text that is gone, and one that is another than its name says", async () => {
  const long = "x".repeat(300_000);
  const withBlob = createSession(1, { $blob: sha256(long), bytes: long.length });
  const blob = sha256(long);
  expect((await verify({ ...withBlob, blobs: new Map([[blob, long]]) })).chain).toEqual([]);
  expect((await verify(withBlob)).chain).toEqual([{ kind: "wrong-blob", seq: 1, blob, found: "nothing" }]);
  expect((await verify({ ...withBlob, blobs: new Map([[blob, "y"]]) })).chain).toEqual([
    { kind: "wrong-blob", seq: 1, blob, found: "another text" },
  ]);
});

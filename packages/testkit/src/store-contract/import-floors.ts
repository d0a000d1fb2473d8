import { canonicalJson } from "@holdfast/core";
import { hashFrozen } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { createMemoryStore } from "../memory-store/memory-store.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { commitLong, pruneUntil } from "./prunes.ts";
import { createSource, expectImportRefused, resealFrom } from "./transfers.ts";
import { batchOf } from "./pruned-batch.ts";

import type { Floor, FrozenMessage, ImportBatch, RowSnapshot } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const d = createDrafts("imp");
const { sessionId } = d;
type Edit = (batch: ImportBatch) => ImportBatch;

const prunedBatch = async (until?: number): Promise<ImportBatch> => {
  const store = createMemoryStore();
  await commitLong(store, d);
  await pruneUntil(store, sessionId, until);
  return batchOf(store, sessionId);
};

const floorOf = ({ floor }: ImportBatch): NonNullable<ImportBatch["floor"]> => {
  if (floor === undefined) throw new Error("expected a batch with a floor");
  return floor;
};

const withFloor =
  (change: (floor: Floor) => Partial<Floor>): Edit =>
  (batch) => {
    const { floor, messages } = floorOf(batch);
    return { ...batch, floor: { floor: { ...floor, ...change(floor) }, messages } };
  };

const withRow = <T extends "session" | "execution" | "step" | "attempt">(
  table: T,
  change: Partial<RowSnapshot[T][number]>,
): Edit => withFloor(({ rows }) => ({ rows: { ...rows, [table]: rows[table].map((row) => ({ ...row, ...change })) } }));

/** Frozen messages with another value each, chained anew. */
const withValues =
  (change: (value: Record<string, unknown>, index: number) => object): Edit =>
  (batch) => {
    const { floor, messages } = floorOf(batch);
    let before = "0".repeat(64);
    const changed = messages.map((message, index): FrozenMessage => {
      const value = change(JSON.parse(message.value) as Record<string, unknown>, index) as typeof message;
      const next = {
        messageId: value.messageId,
        seq: value.seq,
        role: value.role,
        value: canonicalJson(value as never),
      };
      before = hashFrozen(next, before, sha256);
      return { ...next, hash: before };
    });
    return { ...batch, floor: { floor: { ...floor, messagesHash: before }, messages: changed } };
  };

const withAdmissions =
  (change: (rows: NonNullable<ImportBatch["admissions"]>) => NonNullable<ImportBatch["admissions"]>): Edit =>
  (batch) => ({ ...batch, admissions: change(batch.admissions ?? []) });

const nonsense: readonly (readonly [string, Edit])[] = [
  ["a fence that no other can follow", withFloor(() => ({ fence: Number.MAX_SAFE_INTEGER }))],
  ["denies that are no JSON", withRow("session", { denies: "x" })],
  ["denies that are no lists of rules", withRow("session", { denies: "[1]" })],
  ["denies that are not canonical", withRow("execution", { denies: "[ ]" })],
  ["a model that is none", withRow("session", { model: "{}" })],
  ["a location that is none", withRow("session", { directory: "" })],
  ["an execution that begins above the floor", withRow("execution", { seq: 1e9 })],
  ["an execution that ends elsewhere", withRow("execution", { endedSeq: 1 })],
  ["a step that begins above the floor", withRow("step", { seq: 1e9 })],
  ["a step that ends above the floor", withRow("step", { endedSeq: 1e9 })],
  ["an attempt of another step", withRow("attempt", { stepId: d.turn(77).stepId })],
  ["an attempt that begins above the floor", withRow("attempt", { seq: 1e9 })],
  ["messages without content", withValues(({ messageId, seq, role }) => ({ messageId, seq, role }))],
  ["a message with a member that none has", withValues((value) => ({ ...value, more: 1 }))],
  [
    "a message that is still open",
    withValues((value) => (value["role"] === "user" ? value : { ...value, status: "open" })),
  ],
  ["a message with a call that is not settled", withValues((value) => ({ ...value, ...openCalls(value["content"]) }))],
  ["two messages of one ID", withValues((value, index) => (index === 2 ? { ...value, messageId: d.inputId } : value))],
  [
    "an identity of no message",
    withAdmissions((rows) => rows.map((row) => ({ ...row, messageId: d.turn(77).inputId }))),
  ],
  [
    "an identity of a message that is said to be withdrawn",
    withAdmissions((rows) => rows.map((row) => ({ ...row, disposition: "withdrawn" }))),
  ],
  [
    "an identity of what was withdrawn that is said to be promoted",
    withAdmissions((rows) => rows.map((row) => ({ ...row, disposition: "promoted" }))),
  ],
  ["an identity above the floor", withAdmissions((rows) => rows.map((row) => ({ ...row, seq: 1e9 })))],
  ["an input that is still pending", withAdmissions((rows) => rows.map((row) => ({ ...row, disposition: "pending" })))],
  ["the same identity twice", withAdmissions((rows) => [...rows, ...rows])],
  ["one key for all", withAdmissions((rows) => rows.map((row) => ({ ...row, idempotencyKey: "k" })))],
];

const openCalls = (content: unknown): object =>
  Array.isArray(content)
    ? { content: content.map((part: object) => ("callId" in part ? { ...part, state: "begun" } : part)) }
    : {};

/** Law 17, of what no shape says: floors that could not be, and fences. */
export const describeImportFloors = (subject: StoreSubject): void => {
  describe("import, checked", () => {
    it.each(nonsense)("law 17 imported: refuses a floor with %s", async (_title, edit) => {
      await using store = await subject.create();
      const batch = await prunedBatch();
      await expectImportRefused(store, edit(batch), { code: "import.malformed" });
      expect(await store.import(batch)).toMatchObject({ status: "imported" });
    });

    it("law 17 imported: refuses another log where the replica holds nothing but its floor", async () => {
      await using store = await subject.create();
      const whole = createMemoryStore();
      await commitLong(whole, d);
      const { events } = await batchOf(whole, sessionId);
      const floor = events.findLast(({ type }) => type === "execution.ended")?.seq ?? 0;
      await pruneUntil(whole, sessionId);
      await store.import(await batchOf(whole, sessionId));
      expect(await store.head(sessionId)).toMatchObject({ seq: floor });
      const last = events.at(-1);
      if (last === undefined) throw new Error("a conversation has events");
      const noted = { ...last, id: "evt_noted" as never, seq: last.seq + 1, type: "acme.noted", fence: null };
      const more = [...events, { ...noted, ignorable: true as const, prevHash: last.hash }];
      const divergent = resealFrom(more, floor - 1, { time: 1 });
      for (const from of [floor - 2, floor - 1, floor, floor + 1]) {
        const batch = { sessionId, events: divergent.slice(from), as: "replica" } as const;
        await expectImportRefused(store, batch, { code: "import.divergent", data: { seq: floor } });
      }
      const known = { sessionId, events: divergent.slice(floor - 2, floor + 1), as: "replica" } as const;
      await expectImportRefused(store, known, { code: "import.divergent", data: { seq: floor } });
      const right = resealFrom(more, last.seq + 1, {});
      expect(await store.import({ sessionId, events: right.slice(floor - 2), as: "replica" })).toMatchObject({
        added: 1,
      });
    });

    it.each([
      ["a fence that no other can follow", 37, Number.MAX_SAFE_INTEGER],
      ["a fence on what anyone may write", 1, 1],
      ["no fence on what an owner alone may write", 37, null],
      ["a fence that falls", 37, 1],
    ])("law 17 imported: refuses %s", async (_title, seq, fence) => {
      await using store = await subject.create();
      const source = await createSource(d);
      const events = resealFrom(source.batch().events, seq, { fence });
      await expectImportRefused(store, { ...source.batch(), events }, { code: "import.malformed", data: { seq } });
      if (seq === 1) return;
      await store.import(source.batch(0, seq));
      const tail = { ...source.batch(), events: events.slice(seq) };
      await expectImportRefused(store, tail, { code: "import.malformed", data: { seq } });
    });

    it("law 17 imported: refuses a reference to a text of another length", async () => {
      await using store = await subject.create();
      const source = await createSource(d);
      const refers = source.log.find(({ data }) => typeof data["text"] === "object");
      const text = { ...(refers?.data["text"] as object), bytes: 1 };
      const events = resealFrom(source.log, refers?.seq ?? -1, { data: { ...refers?.data, text } });
      await expectImportRefused(store, { ...source.batch(), events }, { code: "import.malformed" });
    });
  });
};

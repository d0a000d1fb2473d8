import { describe, expect, it } from "vitest";

import { describeChange } from "../src/store/change.ts";
import { RowSet } from "../src/store/row-set.ts";
import { compareRows } from "../src/store/verify.ts";

import type { SessionId } from "../src/ids/id.ts";
import type { Change } from "../src/store/change.ts";

const sessionId = "ses_a" as SessionId;

const insert = (position: number, kind = "text", more: object = {}): Change =>
  ({
    op: "insert",
    table: "block",
    row: { sessionId, messageId: "msg_1", position, seq: 10 + position, kind },
    ...more,
  }) as Change;
const update = (where: object, set: object, expect: "one" | "any" = "one"): Change => ({
  op: "update",
  table: "block",
  where,
  set,
  expect,
});
const require = (where: object, expect: "some" | "none"): Change => ({ op: "require", table: "block", where, expect });
const remove = (where: object): Change => ({ op: "delete", table: "block", where });

const rowSet = (...changes: readonly Change[]): RowSet => {
  const rows = new RowSet(sessionId);
  for (const change of changes) rows.apply(change);
  return rows;
};
const kindsOf = (rows: RowSet): readonly string[] => rows.snapshot().block.map(({ kind }) => kind);
const refused = expect.objectContaining({ code: "store.condition-failed" });

describe("RowSet", () => {
  it("lists rows in the order of their primary key, numbers as numbers", () => {
    const rows = rowSet(insert(10), insert(9), insert(100));
    expect(rows.snapshot().block.map(({ position }) => position)).toEqual([9, 10, 100]);
  });

  it("refuses a second row of the same identity", () => {
    expect(() => rowSet(insert(1), insert(1, "reasoning"))).toThrow(refused);
  });

  it("keeps the first row where the second says that it may be there", () => {
    expect(kindsOf(rowSet(insert(1), insert(1, "reasoning", { orKeep: true })))).toEqual(["text"]);
  });

  it("takes away the rows that a filter finds, whatever their state, and no others", () => {
    expect(kindsOf(rowSet(insert(1), insert(2, "reasoning"), insert(3), remove({ kind: "text" })))).toEqual([
      "reasoning",
    ]);
    expect(kindsOf(rowSet(insert(1), remove({ position: 7 })))).toEqual(["text"]);
    const open = { op: "insert", table: "ask", row: { sessionId, askId: "ask_1", state: "open" } } as unknown as Change;
    const rows = rowSet(open, { op: "delete", table: "ask", where: { state: "open" } });
    expect([rows.snapshot().ask, rows.isSettled()]).toEqual([[], true]);
  });

  it.each<[string, boolean, Change]>([
    ["an update of exactly one row", true, update({ position: 1 }, { seq: 0 })],
    ["an update of one row where none is found", false, update({ position: 7 }, { seq: 0 })],
    ["an update of one row where two are found", false, update({ messageId: "msg_1" }, { seq: 0 })],
    ["an update of one row among several values", true, update({ position: [2, 7] }, { seq: 0 })],
    ["an update of any rows where none is found", true, update({ position: 7 }, { seq: 0 }, "any")],
    ["an update of any rows where two are found", true, update({}, { seq: 0 }, "any")],
    ["an update among no values at all", false, update({ position: [] }, { seq: 0 })],
    ["a requirement of some row that is there", true, require({ position: [1, 2] }, "some")],
    ["a requirement of some row that is not there", false, require({ position: 7 }, "some")],
    ["a requirement of no row where there is none", true, require({ position: 1, kind: "reasoning" }, "none")],
    ["a requirement of no row where there is one", false, require({ position: 1, kind: "text" }, "none")],
  ])("answers %s: accepted is %s", (_, accepted, change) => {
    const rows = rowSet(insert(1), insert(2));
    const before = rows.snapshot();
    const apply = () => rows.apply(change);
    if (accepted) expect(apply).not.toThrow();
    else expect(apply).toThrow(refused);
    if (!accepted) expect(rows.snapshot()).toEqual(before);
  });

  it("sets columns and adds to numbers, and leaves the others", () => {
    const change = { ...update({ position: 1 }, { kind: "reasoning" }), add: { seq: 5 } } as Change;
    const rows = rowSet(insert(1), insert(2), change);
    expect(rows.snapshot().block).toEqual([
      { sessionId, messageId: "msg_1", position: 1, seq: 16, kind: "reasoning" },
      { sessionId, messageId: "msg_1", position: 2, seq: 12, kind: "text" },
    ]);
  });

  it("shares nothing with its clones", () => {
    const rows = rowSet(insert(1));
    const clone = rows.clone();
    clone.apply(insert(2));
    clone.apply(update({ position: 1 }, { kind: "reasoning" }));
    expect(kindsOf(rows)).toEqual(["text"]);
    expect(kindsOf(clone)).toEqual(["reasoning", "text"]);
  });

  it("refuses with an error that names the session, the table and the condition", () => {
    const apply = () => new RowSet(sessionId).apply(require({ position: [1, 2], kind: "text" }, "some"));
    expect(apply).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("some block row with position among 1, 2 and kind = text in session ses_a"),
        data: expect.objectContaining({ sessionId, table: "block", op: "require" }),
      }),
    );
  });
});

describe("describeChange", () => {
  it.each<[Change, string]>([
    [insert(1), "no block row with this identity yet"],
    [update({ position: 1 }, {}), "exactly one block row with position = 1"],
    [require({ position: 1 }, "none"), "no block row with position = 1"],
  ])("says what %j expects", (change, text) => {
    expect(describeChange(change)).toBe(text);
  });
});

describe("compareRows", () => {
  it("finds nothing where the rows are equal", () => {
    expect(compareRows(rowSet(insert(1)).snapshot(), rowSet(insert(1)).snapshot())).toEqual([]);
  });

  it("finds missing, surplus and changed rows, each on the side where it stands", () => {
    const stored = rowSet(insert(1), insert(2), insert(4)).snapshot();
    const rebuilt = rowSet(insert(1), insert(2, "reasoning"), insert(3)).snapshot();
    const found = compareRows(stored, rebuilt).map((finding) =>
      finding.kind === "wrong-row" ? [finding.table, finding.stored !== null, finding.rebuilt !== null] : finding,
    );
    expect(found).toEqual([
      ["block", true, false],
      ["block", true, false],
      ["block", false, true],
      ["block", false, true],
    ]);
  });
});

const input = (state: "pending" | "promoted", messageId = "msg_1"): Change =>
  ({ op: "insert", table: "input", row: { sessionId, messageId, seq: 1, state } }) as Change;
const call = (state: string): Change =>
  ({ op: "insert", table: "call", row: { sessionId, callId: "cal_1", calledSeq: 1, state } }) as Change;
const open = (table: string): Change =>
  ({
    op: "insert",
    table,
    row: { sessionId, executionId: "e", stepId: "s", attempt: 1, seq: 1, state: "open" },
  }) as never;

describe("isSettled", () => {
  it("is whether nothing is open, and again once it is not any more", () => {
    expect(rowSet().isSettled()).toBe(true);
    expect(rowSet(input("promoted"), call("settled")).isSettled()).toBe(true);
    for (const change of [
      input("pending"),
      call("called"),
      call("begun"),
      ...["attempt", "step", "execution"].map(open),
    ]) {
      expect(rowSet(change).isSettled()).toBe(false);
    }
    const promote = { op: "update", table: "input", where: { messageId: "msg_1" }, set: { state: "promoted" } };
    expect(rowSet(input("pending"), { ...promote, expect: "one" } as Change).isSettled()).toBe(true);
    expect(
      rowSet(input("pending"), input("pending", "msg_2"), { ...promote, expect: "one" } as Change).isSettled(),
    ).toBe(false);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { assertCursorInLog, fromCursor, toCursor } from "../src/cursor/cursor.ts";
import { sessionIdSchema, storeIdSchema } from "../src/ids/id.ts";

const storeId = storeIdSchema.parse("sto_a");
const sessionId = sessionIdSchema.parse("ses_a");
const hash = "0123456789abcdef".repeat(4);
const cursor = toCursor(storeId, { sessionId, seq: 7, hash });

const idTail = fc.stringMatching(/^[a-zA-Z0-9]{1,64}$/);
const placeArbitrary = fc.record({
  seq: fc.nat({ max: 999_999_999_999_999 }),
  hash: fc.stringMatching(/^[0-9a-f]{64}$/),
});

const withCode = (code: string) => expect.objectContaining({ code });

describe("cursors", () => {
  it("say the position that they were made for, in their own store and session", () => {
    fc.assert(
      fc.property(idTail, idTail, placeArbitrary, (store, session, { seq, hash: eventHash }) => {
        const expected = {
          storeId: storeIdSchema.parse(`sto_${store}`),
          sessionId: sessionIdSchema.parse(`ses_${session}`),
        };
        const text = toCursor(expected.storeId, { sessionId: expected.sessionId, seq, hash: eventHash });
        expect(fromCursor(text, expected)).toEqual({ ...expected, seq, hashPrefix: eventHash.slice(0, 16) });
      }),
    );
  });

  it("are equal for the same event, and different for another event at the same place", () => {
    expect(toCursor(storeId, { sessionId, seq: 7, hash })).toBe(cursor);
    expect(toCursor(storeId, { sessionId, seq: 7, hash: `f${hash.slice(1)}` })).not.toBe(cursor);
    expect(toCursor(storeId, { sessionId, seq: 8, hash })).not.toBe(cursor);
  });
});

describe("fromCursor", () => {
  it.each([
    "",
    "7",
    "-1",
    `${cursor} `,
    ` ${cursor}`,
    `${cursor}\n`,
    cursor.slice(0, -1),
    `${cursor}0`,
    cursor.toUpperCase(),
    cursor.replace("c1", "c2"),
    cursor.replace(".7.", ".-7."),
    cursor.replace(".7.", ".7.5."),
    cursor.replace(".7.", ".1e3."),
    cursor.replace(".7.", `.${"9".repeat(16)}.`),
    cursor.replace("sto_a", "ses_a"),
    `c1.${"x".repeat(10_000)}`,
  ])("refuses %j as malformed", (text) => {
    expect(() => fromCursor(text, { storeId, sessionId })).toThrow(withCode("cursor.malformed"));
  });

  it("never repeats a long text in its error", () => {
    expect(() => fromCursor("x".repeat(10_000), { storeId, sessionId })).toThrow(/^.{1,300}$/);
  });

  it("refuses a cursor of another session of the same store as foreign", () => {
    const expected = { storeId, sessionId: sessionIdSchema.parse("ses_b") };
    expect(() => fromCursor(cursor, expected)).toThrow(
      expect.objectContaining({
        code: "cursor.foreign",
        data: { expected: "ses_b", found: "ses_a", sameStore: true },
      }),
    );
  });

  it("refuses a cursor of the same session in another store as foreign", () => {
    const expected = { storeId: storeIdSchema.parse("sto_b"), sessionId };
    expect(() => fromCursor(cursor, expected)).toThrow(
      expect.objectContaining({
        code: "cursor.foreign",
        data: { expected: "ses_a", found: "ses_a", sameStore: false },
      }),
    );
  });
});

describe("assertCursorInLog", () => {
  const position = fromCursor(cursor, { storeId, sessionId });

  it("accepts a cursor whose event is still there, at the head or before it", () => {
    expect(() => assertCursorInLog(position, { headSeq: 7, hashAtSeq: hash })).not.toThrow();
    expect(() => assertCursorInLog(position, { headSeq: 9_000, hashAtSeq: hash })).not.toThrow();
  });

  it("refuses a cursor beyond the end of the log as ahead", () => {
    expect(() => assertCursorInLog(position, { headSeq: 6, hashAtSeq: null })).toThrow(
      expect.objectContaining({ code: "cursor.ahead", data: { sessionId: "ses_a", seq: 7, headSeq: 6 } }),
    );
  });

  it("refuses a cursor whose place holds another event as gone", () => {
    expect(() => assertCursorInLog(position, { headSeq: 9, hashAtSeq: `f${hash.slice(1)}` })).toThrow(
      withCode("cursor.gone"),
    );
  });

  it("refuses a cursor whose place holds no event any more as gone", () => {
    expect(() => assertCursorInLog(position, { headSeq: 9, hashAtSeq: null })).toThrow(withCode("cursor.gone"));
  });

  it("accepts the cursor of a pruned log's floor, whose event is not there any more", () => {
    const floor = { seq: 7, hash };
    expect(() => assertCursorInLog(position, { headSeq: 9, hashAtSeq: null, floor })).not.toThrow();
    expect(() =>
      assertCursorInLog(position, { headSeq: 9, hashAtSeq: null, floor: { ...floor, hash: `f${hash.slice(1)}` } }),
    ).toThrow(withCode("cursor.gone"));
  });

  it("refuses a cursor below the floor as gone, with the floor's cursor to restart from", () => {
    const floor = { seq: 8, hash: `f${hash.slice(1)}` };
    const restart = toCursor(storeId, { sessionId, ...floor });
    expect(() => assertCursorInLog(position, { headSeq: 9, hashAtSeq: null, floor })).toThrow(
      expect.objectContaining({
        code: "cursor.gone",
        data: { sessionId: "ses_a", seq: 7, headSeq: 9, floorSeq: 8, restart },
      }),
    );
  });
});

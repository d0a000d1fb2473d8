import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HoldfastError } from "../src/errors/holdfast-error.ts";
import { canonicalJson } from "../src/json/canonical.ts";
import { parseJson } from "../src/json/parse.ts";
import { forkEvents } from "../src/session/fork-session.ts";
import { checkImport } from "../src/store/check-import.ts";
import { isOpenAt } from "../src/store/floor-rows.ts";
import { RowSet } from "../src/store/row-set.ts";
import { grow, sessionId, sha256 } from "./grow-session.ts";
import { sealTurns } from "./seal-turns.ts";

import type { SealedEnvelope } from "../src/event/envelope.ts";
import type { EventId, SessionId } from "../src/ids/id.ts";
import type { ImportBatch } from "../src/store/import-batch.ts";
import type { ImportGround } from "../src/store/import-ground.ts";

const choicesArbitrary = fc.array(fc.oneof(fc.nat(), fc.constant("rest" as const)), { maxLength: 60, size: "max" });

/** A session as a store would keep it, import by import. */
const createTarget = (id: SessionId = sessionId) => {
  const rows = new RowSet(id);
  const log: SealedEnvelope[] = [];
  const ground = (): ImportGround => ({
    head: log.at(-1) ?? null,
    tombstone: null,
    floor: null,
    fence: Math.max(0, ...log.map(({ fence }) => fence ?? 0)),
    forkedSeq: -1,
    replica: log.length === 0 ? null : { sessionId: id, replayOwner: null },
    hashAt: (seq) => log[seq]?.hash ?? null,
    usedIds: (ids) => new Map(log.filter((event) => ids.includes(event.id)).map((event) => [event.id, id])),
    hasBlob: () => false,
    admissionOf: () => null,
  });
  const take = (events: readonly SealedEnvelope[], as: ImportBatch["as"] = "replica") => {
    const checked = checkImport({ sessionId: id, events, as }, ground(), sha256);
    if (checked.status === "skipped") throw new Error("nobody owns it");
    for (const { sealed, changes } of checked.fresh) {
      for (const change of changes) rows.apply(change);
      log.push(sealed);
    }
    return checked;
  };
  return { rows, log, take };
};

describe("checkImport, whatever legal events a log holds", () => {
  it("takes any stretches, overlapping or repeated, to the same log and rows", () => {
    const cuts = fc.array(fc.tuple(fc.nat(12), fc.nat(6)), { maxLength: 20 });
    fc.assert(
      fc.property(choicesArbitrary, cuts, (choices, steps) => {
        const source = grow(choices);
        const target = createTarget();
        for (const [length, overlap] of [...steps, [Infinity, 3] as const]) {
          const from = Math.max(0, target.log.length - overlap);
          const events = source.log.slice(from, target.log.length + length);
          if (events.length === 0) continue;
          const before = target.log.length;
          const { duplicates, fresh } = target.take(events);
          expect([duplicates, fresh.length]).toEqual([before - from, events.length - (before - from)]);
        }
        expect(target.log).toEqual(source.log);
        expect(target.rows.snapshot()).toEqual(source.rows.snapshot());
      }),
    );
  });

  it("refuses any log of which one character was changed, wherever it is, and names the event", () => {
    fc.assert(
      fc.property(choicesArbitrary, fc.nat(), fc.nat(), (choices, which, where) => {
        const { log } = grow(choices);
        const seq = which % log.length;
        const text = canonicalJson({ ...log[seq] });
        const at = where % text.length;
        const parsed = parseJson(text.slice(0, at) + (text[at] === "1" ? "2" : "1") + text.slice(at + 1));
        fc.pre(parsed.ok);
        const events = log.map((event, index) => (index === seq && parsed.ok ? (parsed.value as never) : event));
        const error = refusalOf(() => createTarget().take(events));
        expect(HoldfastError.isInstance(error) ? error.code : error).toMatch(/^import\.(?!gap$)|^import\.gap$/);
        expect(HoldfastError.isInstance(error) ? error.data["seq"] : null).toBe(seq);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses any log that leaves out, repeats or swaps events", () => {
    fc.assert(
      fc.property(choicesArbitrary, fc.nat(), (choices, which) => {
        const { log } = grow([...choices, 0, 0]);
        const at = which % (log.length - 1);
        const [one, two] = log.slice(at, at + 2);
        if (one === undefined || two === undefined) throw new Error("expected two events");
        for (const events of [log.toSpliced(at, 1), log.toSpliced(at, 0, one), log.toSpliced(at, 2, two, one)]) {
          const error = refusalOf(() => createTarget().take(events));
          expect(HoldfastError.isInstance(error, "import.gap")).toBe(true);
        }
      }),
    );
  });
});

const refusalOf = (work: () => unknown): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
};

describe("forkEvents, whatever legal events a log holds", () => {
  const forked = "ses_fork" as SessionId;
  const fork = (log: readonly SealedEnvelope[], seq?: number) => {
    let count = 0;
    const nextId = () => `evt_f${count++}` as EventId;
    return forkEvents(log, { sessionId: forked, time: 7, nextId, hash: sha256, ...(seq === undefined ? {} : { seq }) });
  };

  it("makes a log of its own up to each settled boundary, with the rows that the source had there", () => {
    fc.assert(
      fc.property(choicesArbitrary, (choices) => {
        const { log, rows } = grow(choices);
        const snapshot = rows.snapshot();
        const ends = log.filter(({ type, seq }) => type === "execution.ended" && !isOpenAt(snapshot, seq));
        for (const { seq, hash } of [...log.slice(0, 1), ...ends]) {
          const events = fork(log, seq);
          expect(events).toHaveLength(seq + 1);
          expect(events[0]?.data["forkedFrom"]).toEqual({ sessionId, seq, hash });
          expect(events.map(({ type }) => type)).toEqual(log.slice(0, seq + 1).map(({ type }) => type));
          const [source, target] = [createTarget(), createTarget(forked)];
          source.take(log.slice(0, seq + 1));
          target.take(events, "native");
          const renamed = canonicalJson(source.rows.snapshot() as never).replaceAll(`"${sessionId}"`, `"${forked}"`);
          expect(canonicalJson(target.rows.snapshot() as never)).toBe(
            renamed.replace('"createdTime":0', '"createdTime":7'),
          );
        }
        expect(fork(log)).toEqual(fork(log, ends.at(-1)?.seq ?? 0));
      }),
    );
  });

  it("is fast, however many turns a log has", () => {
    const log = sealTurns(4_000);
    const begin = performance.now();
    expect(fork(log)).toHaveLength(log.length);
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  it("leaves keys with the source, gives the fork no identities, and names its own events where it was trusted", () => {
    const { log } = grow([0, 2, 2, 2, 2]);
    const keyed = log.map((event) =>
      event.type === "input.admitted" ? { ...event, data: { ...event.data, idempotencyKey: "k" } } : event,
    );
    const events = fork(keyed, 0);
    expect(events).toHaveLength(1);
    expect(createTarget(forked).take(events, "native").admissions).toEqual([]);
  });

  it("refuses a place that is no boundary, and a log that does not begin at its beginning", () => {
    const { log } = grow([0, 0, 0]);
    for (const work of [() => fork(log, 1), () => fork(log, 99), () => fork(log.slice(1)), () => fork([])]) {
      expect(HoldfastError.isInstance(refusalOf(work), "argument.invalid")).toBe(true);
    }
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeEvent } from "../src/event/decode.ts";
import { canonicalJson } from "../src/json/canonical.ts";
import { parseJson } from "../src/json/parse.ts";
import { project } from "../src/session/project/project.ts";
import { RowSet } from "../src/store/row-set.ts";
import { verifySession } from "../src/store/verify.ts";
import { grow, sessionId, sha256 } from "./grow-session.ts";

import type { SealedEnvelope } from "../src/event/envelope.ts";
import type { Store } from "../src/store/store.ts";

const eventOf = (sealed: SealedEnvelope) => {
  const stored = parseJson(canonicalJson({ ...sealed }));
  const event = stored.ok ? decodeEvent(stored.value as unknown as SealedEnvelope) : null;
  if (event === null) throw new Error(`expected a known event, found ${sealed.type}`);
  return event;
};

// Said again they say the same.
const repeatable = new Set([
  "todo.updated",
  "context.admitted",
  "execution.recovered",
  "interrupt.requested",
  "session.updated",
  "session.moved",
  // One is like the other, and there may be another.
  "compaction.started",
  "compaction.ended",
  "compaction.failed",
]);

const choicesArbitrary = fc.array(fc.nat(), { maxLength: 80, size: "max" });

describe("the rows of a session", () => {
  it("are what a rebuild from the stored text of its log gives, whatever legal events it holds", () => {
    fc.assert(
      fc.property(choicesArbitrary, (choices) => {
        const { rows, log } = grow(choices);
        const rebuilt = new RowSet(sessionId);
        for (const change of log.flatMap((sealed) => project(eventOf(sealed)))) rebuilt.apply(change);
        expect(rebuilt.snapshot()).toEqual(rows.snapshot());
      }),
    );
  });

  it("pass verification against their log", async () => {
    await fc.assert(
      fc.asyncProperty(choicesArbitrary, async (choices) => {
        const { rows, log } = grow(choices);
        const store = {
          events: async ({ after, limit }: { after: number; limit: number }) => log.slice(after + 1, after + 1 + limit),
          floor: async () => null,
          head: async () => log.at(-1) ?? null,
          rows: async () => rows.snapshot(),
          admission: async () => null,
          blob: async () => null,
        } as unknown as Store;
        const verification = await verifySession(store, sessionId, sha256);
        expect(verification).toEqual({ events: log.length, chain: [], projections: [] });
      }),
    );
  });

  it("take no event a second time, except what may be said again", () => {
    fc.assert(
      fc.property(choicesArbitrary, (choices) => {
        const { rows, log } = grow(choices);
        for (const sealed of log.filter(({ type }) => !repeatable.has(type))) {
          const again = () => project(eventOf(sealed)).forEach((change) => rows.clone().apply(change));
          expect(again, sealed.type).toThrow(expect.objectContaining({ code: "store.condition-failed" }));
        }
      }),
    );
  });

  it("hold at most one open execution, step and attempt at a time, and no open part of an ended whole", () => {
    fc.assert(
      fc.property(choicesArbitrary, (choices) => {
        const { execution, step, attempt, call } = grow(choices).rows.snapshot();
        const open = [execution, step, attempt].map((rows) => rows.filter(({ state }) => state === "open").length);
        expect(open.toSorted((left, right) => right - left)).toEqual(open);
        expect(Math.max(...open)).toBeLessThanOrEqual(1);
        if (open[1] === 0) expect(call.every(({ state }) => state === "settled")).toBe(true);
      }),
    );
  });
});

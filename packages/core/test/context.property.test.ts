import * as fc from "fast-check";
import { expect, it } from "vitest";

import { applyContext, closedContext, contextOfRows, noContext } from "../src/context/context-state.ts";
import { decideContext } from "../src/context/decide-context.ts";
import { observeSource } from "../src/context/observe-source.ts";
import { updateOf } from "../src/context/told-text.ts";
import { closeEpoch, projectContext } from "../src/session/project/project-context.ts";
import { RowSet } from "../src/store/row-set.ts";
import { sessionId, sha256 } from "./grow-session.ts";

import type { ContextSource } from "../src/context/context-source.ts";
import type { DurableEvent } from "../src/event/catalogue.ts";

const keys = ["t/a", "t/b", "t/__proto__"];
const source = (key: string): ContextSource => ({
  key,
  load: () => undefined,
  baseline: (value) => `${key} is ${JSON.stringify(value)}`,
  update: (value) => `${key} is ${JSON.stringify(value)} now`,
  removal: (value) => `${key} was ${JSON.stringify(value)}`,
});

type Said = string | number | null;
const down = 0;
const missing = 1;

const boundary = fc.record({
  compacts: fc.boolean(),
  isComplete: fc.boolean(),
  // Null: nothing to tell.
  said: fc.tuple(...keys.map(() => fc.constantFrom<Said>("one", "two", null, down, missing))),
});

it("tells what a plain telling tells, over changes, removals, failures, taps that fail and compactions; and its rows say what it knows", () => {
  fc.assert(
    fc.property(fc.array(boundary, { maxLength: 12 }), (plan) => {
      let state = noContext;
      const rows = new RowSet(sessionId);
      const executionId = "exe_a";
      const row = { sessionId, executionId, seq: 0, state: "open", runtime: "t", denies: "[]" };
      const open = { ...row, interruptSeq: null, outcome: null, endedSeq: null };
      rows.apply({ op: "insert", table: "execution", row: open as never });
      // The reference: what was last told of each, and the lines of the baseline.
      let last = new Map<string, string>();
      let lines: readonly string[] | undefined;
      // Where updates were told: at any time, and since the epoch opened.
      let all: readonly number[] = [];
      let updates: readonly number[] = [];
      for (const [seq, { said, isComplete, compacts }] of plan.entries()) {
        if (compacts) {
          state = closedContext(state, seq - 0.5);
          for (const change of closeEpoch(sessionId)) rows.apply(change);
          lines = undefined;
          updates = [];
        }
        const present = keys.flatMap((key, index) => (said[index] === missing ? [] : [{ key, value: said[index] }]));
        const observed = present.map(({ key, value }) => {
          if (value === down) return { key, found: "unavailable" } as const;
          const knownHash = state.baseline === undefined ? undefined : state.known.get(key)?.hash;
          return observeSource(source(key), value ?? undefined, { knownHash, hash: sha256 });
        });
        const admission = decideContext(state, observed, isComplete);

        const holds = (key: string): string | undefined => {
          const index = keys.indexOf(key);
          const value = said[index];
          if (value === down || (value === missing && !isComplete)) return last.get(key);
          return typeof value === "string" ? value : undefined;
        };
        // What a tap would have added stands at the end.
        const order = [
          ...present.map(({ key }) => key),
          ...keys.filter((key) => !present.some((other) => other.key === key)).toSorted(),
        ];
        const now = new Map(order.flatMap((key) => (holds(key) === undefined ? [] : [[key, holds(key) ?? ""]])));
        let told: string | undefined;
        if (lines === undefined) {
          if (now.size > 0) lines = [...now].map(([key, value]) => `${key} is "${value}"`);
        } else {
          const changed = [...now].filter(([key, value]) => last.get(key) !== value);
          const gone = [...last].filter(([key]) => !now.has(key)).toSorted(([a], [b]) => (a < b ? -1 : 1));
          const texts = [
            ...changed.map(([key, value]) => `${key} is "${value}"${last.has(key) ? " now" : ""}`),
            ...gone.map(([key, value]) => `${key} was "${value}"`),
          ];
          if (texts.length > 0) told = texts.join("\n\n");
        }
        last = now;

        expect(admission?.kind === "update" ? updateOf(admission) : undefined).toBe(told);
        if (admission !== undefined) {
          const { kind, ...rest } = admission;
          const data = { executionId, ...rest, ...(kind === "update" ? { messageId: `msg_${seq}` } : {}) };
          const event = {
            type: "context.admitted",
            sessionId,
            seq,
            data,
          } as unknown as DurableEvent<"context.admitted">;
          state = applyContext(state, event);
          for (const change of projectContext["context.admitted"](event)) rows.apply(change);
        }
        expect(state.baseline).toBe(lines?.join("\n\n"));
        const fromRows = contextOfRows(rows.snapshot().context, seq);
        // What was told in epochs that are over is left out, and nothing of this one.
        if (told !== undefined)
          [all, updates] = [
            [...all, seq],
            [...updates, seq],
          ];
        for (const { sinceSeq } of [state, fromRows]) expect(all.filter((at) => at > sinceSeq)).toEqual(updates);
        expect(fromRows.baseline).toBe(state.baseline);
        const { context } = rows.snapshot();
        expect(context.filter(({ hash, epoch }) => hash === null && epoch === null)).toEqual([]);
        expect(Object.fromEntries(fromRows.known)).toEqual(Object.fromEntries(state.known));
      }
    }),
    { numRuns: 500 },
  );
});

it("takes back what is gone in as many updates as it takes, where a session knows more sources than one update can take back", () => {
  const told = { hash: "", text: "told", removal: "gone" };
  const known = new Map(Array.from({ length: 300 }, (_, index) => [`t/${index}`, told]));
  const state = { baseline: "told", known, sinceSeq: 0 };
  const first = decideContext(state, [], true);
  expect(first?.removed).toHaveLength(256);
  for (const { key } of first?.removed ?? []) known.delete(key);
  expect(decideContext(state, [], true)?.removed).toHaveLength(44);
});

import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { itSharesStore } from "./needs.ts";
import { readLog } from "./whole-session.ts";

import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const [d, other] = [createDrafts("foreign"), createDrafts("foreignb")];
const patience = { timeout: 5_000 };

/** Law 10, of commits by others, and of watches that come and go. */
export const describeForeignSignals = (subject: StoreSubject): void => {
  describe("foreign signals", () => {
    const itSignals = (title: string, test: (one: Store, two: Store) => Promise<void>): void =>
      itSharesStore(subject, `law 10 signalled: ${title}`, async (alongside) => {
        await using one = await subject.create();
        await using two = await alongside(one);
        await one.commit(createPlan(d));
        await one.commit(createPlan(other));
        await test(one, two);
      });

    itSignals(
      "another's commit reaches every watcher of its session, whatever is watched beside it",
      async (one, two) => {
        const heard = new Set<string>();
        using _first = one.watch(d.sessionId, () => heard.add("first"));
        using _again = one.watch(d.sessionId, () => heard.add("again"));
        using _other = one.watch(other.sessionId, () => heard.add("other"));
        await two.commit(admitPlan(other));
        await expect.poll(() => heard.has("other"), patience).toBe(true);
        heard.clear();
        await two.commit(admitPlan(d));
        await expect.poll(() => heard.has("first") && heard.has("again"), patience).toBe(true);
      },
    );

    itSignals("another's second commit, after two seconds of quiet, is told too, and a third", async (one, two) => {
      let calls = 0;
      using _ = one.watch(d.sessionId, () => calls++);
      await two.commit(admitPlan(d));
      await expect.poll(() => calls, patience).toBeGreaterThan(0);
      await sleep(2_000);
      for (const number of [2, 3]) {
        const before = calls;
        await two.commit(admitPlan(d.turn(number)));
        await expect.poll(() => calls, patience).toBeGreaterThan(before);
      }
    });

    itSignals(
      "a watcher hears of another's commits when a second one is disposed of, and of its own",
      async (one, two) => {
        let calls = 0;
        using _ = one.watch(d.sessionId, () => calls++);
        for (const [number, { sessionId }] of [d, other].entries()) {
          one.watch(sessionId, () => undefined)[Symbol.dispose]();
          const before = calls;
          await two.commit(admitPlan(d.turn(number + 1)));
          await expect.poll(() => calls, patience).toBeGreaterThan(before);
        }
        const before = calls;
        await one.commit(admitPlan(d.turn(9)));
        expect(calls).toBeGreaterThan(before);
      },
    );

    itSignals(
      "one that watches anew when it is told of another's commit is not told again of that one",
      async (one, two) => {
        let calls = 0;
        let watch: Disposable | undefined;
        const listener = (): void => {
          calls += 1;
          watch?.[Symbol.dispose]();
          // A store that tells it again tells it for ever, and nothing else in the process would run.
          watch = calls < 100 ? one.watch(d.sessionId, listener) : undefined;
        };
        watch = one.watch(d.sessionId, listener);
        await two.commit(admitPlan(d));
        await expect.poll(() => calls, patience).toBeGreaterThan(0);
        await sleep(200);
        expect(calls).toBe(1);
        await two.commit(admitPlan(d.turn(2)));
        await expect.poll(() => calls, patience).toBe(2);
        watch?.[Symbol.dispose]();
      },
    );

    itSignals(
      "what another commits right after a watch began is told, also where the log was read before",
      async (one, two) => {
        for (const number of [1, 2, 3, 4, 5]) {
          let calls = 0;
          using _ = one.watch(d.sessionId, () => calls++);
          const writing = two.commit(admitPlan(d.turn(number)));
          const { length } = await readLog(one, d.sessionId);
          await writing;
          if (length < number + 1) await expect.poll(() => calls, patience).toBeGreaterThan(0);
        }
      },
    );

    itSharesStore(
      subject,
      "law 3 atomic: a plan that is answered can be read by another that has it open",
      async (alongside) => {
        await using one = await subject.create();
        await using two = await alongside(one);
        await one.commit(createPlan(d));
        const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
        const seen = numbers.map(async (number) => {
          const { head } = await one.commit(admitPlan(d.turn(number)));
          return ((await two.head(d.sessionId))?.seq ?? -1) >= head.seq;
        });
        expect(await Promise.all(seen)).toEqual(seen.map(() => true));
      },
    );

    it("law 10 signalled: a commit in the same turn in which a watch begins is told", async () => {
      await using store = await subject.create();
      await store.commit(createPlan(d));
      const heard: (number | undefined)[] = [];
      using _ = store.watch(d.sessionId, (events) => heard.push(events?.[0]?.seq));
      const writing = store.commit(admitPlan(d));
      await writing;
      expect(heard).toEqual([1]);
    });

    it("law 10 signalled: one of two watches that is disposed of does not end the other's", async () => {
      await using store = await subject.create();
      await store.commit(createPlan(d));
      let calls = 0;
      using _ = store.watch(d.sessionId, () => calls++);
      store.watch(d.sessionId, () => undefined)[Symbol.dispose]();
      store.watch(other.sessionId, () => undefined)[Symbol.dispose]();
      await store.commit(admitPlan(d));
      expect(calls).toBe(1);
    });

    it("law 10 signalled: one that disposes of its watch and watches anew is told once of a commit", async () => {
      await using store = await subject.create();
      await store.commit(createPlan(d));
      let calls = 0;
      let watch: Disposable | undefined;
      const listener = (): void => {
        calls += 1;
        watch?.[Symbol.dispose]();
        watch = calls < 100 ? store.watch(d.sessionId, listener) : undefined;
      };
      watch = store.watch(d.sessionId, listener);
      await store.commit(admitPlan(d));
      expect(calls).toBe(1);
      await store.commit(admitPlan(d.turn(2)));
      expect(calls).toBe(2);
      watch?.[Symbol.dispose]();
    });
  });
};

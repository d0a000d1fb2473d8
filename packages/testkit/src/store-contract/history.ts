import { maxMessagesPerPage } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, ownerPlan, startPlan, turnEvents } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { commitAll, conversationPlans, longText } from "./conversation.ts";
import { fold } from "./fold.ts";
import { readLog } from "./whole-session.ts";

import type { HistoryPage } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

// What is told of an input while it waits.
const isOfPending = /^input\.(admitted|replaced|withdrawn)$/;

/** Law 11, of history. */
export const describeHistory = (subject: StoreSubject): void => {
  describe("history", () => {
    it("law 11 consistent: a session without messages has a page without any, and its head", async () => {
      await using store = await subject.create();
      const d = createDrafts("hist");
      await store.commit(createPlan(d));
      const { head } = await store.commit(admitPlan(d));
      expect(await store.history({ sessionId: d.sessionId, after: -1, limit: 10 })).toEqual({
        messages: [],
        events: [],
        frozen: [],
        head,
      });
    });

    it("law 11 consistent: a page holds its messages and exactly the events that they are made of", async () => {
      await using store = await subject.create();
      const [d, other] = [createDrafts("hist"), createDrafts("other")];
      await commitAll(store, [createPlan(d), createPlan(other), admitPlan(d), admitPlan(other), admitPlan(d.turn(2))]);
      await commitAll(store, [startPlan(other, turnEvents(other)), startPlan(d, turnEvents(d))]);
      const { head } = await store.commit({ sessionId: d.sessionId, events: [d.interruptRequested()] });
      const read = async (after: number, limit: number) => {
        const page = await store.history({ sessionId: d.sessionId, after, limit });
        expect(page?.head).toEqual(head);
        return {
          messages: page?.messages.map(({ messageId }) => messageId),
          types: page?.events.map(({ type }) => type),
        };
      };
      const user = ["input.admitted", "input.promoted"];
      const answer = [
        "step.started",
        "attempt.started",
        "text.ended",
        "tool.called",
        "tool.begun",
        "attempt.ended",
        "tool.settled",
      ];
      expect(await read(-1, 10)).toEqual({ messages: [d.inputId, d.answerId], types: [...user, ...answer] });
      expect(await read(-1, 1)).toEqual({ messages: [d.inputId], types: user });
      expect(await read(4, 10)).toEqual({ messages: [d.answerId], types: answer });
      expect(await read(6, 10)).toEqual({ messages: [], types: [] });
    });

    it.each([1, 2, 3, 200])(
      "law 11 consistent: pages of %i together fold to what the whole log folds to",
      async (limit) => {
        await using store = await subject.create();
        const d = createDrafts("hist");
        await commitAll(store, conversationPlans(d));
        const whole = await fold(store, await readLog(store, d.sessionId));
        const paged = [];
        for (let after = -1; ;) {
          const page = await store.history({ sessionId: d.sessionId, after, limit });
          const messages = await fold(store, page?.events ?? []);
          expect(messages.map(({ messageId }) => messageId)).toEqual(page?.messages.map(({ messageId }) => messageId));
          expect(messages.length).toBeLessThanOrEqual(limit);
          if (messages.length === 0) break;
          paged.push(...messages);
          const last = page?.messages.at(-1)?.seq ?? Infinity;
          expect(last).toBeGreaterThan(after);
          after = last;
        }
        expect(paged).toEqual(whole);
        expect(whole).toHaveLength(8);
        expect(JSON.stringify(whole)).toContain(longText);
      },
    );

    it("law 11 consistent: messages stand in the order of their seqs, whatever their IDs, and a page holds 200", async () => {
      await using store = await subject.create();
      const d = createDrafts("hist");
      const turns = numbers(210).map((n) => d.turn(1_000 - n));
      await store.commit(createPlan(d));
      await store.commit({ sessionId: d.sessionId, events: turns.map((turn) => turn.admitted()) });
      await store.commit(
        startPlan(
          d,
          turns.map((turn) => turn.promoted({ executionId: d.executionId })),
        ),
      );
      const page = await store.history({ sessionId: d.sessionId, after: -1, limit: 1_000 });
      expect(page?.messages.map(({ messageId }) => messageId)).toEqual(
        turns.slice(0, maxMessagesPerPage).map(({ inputId }) => inputId),
      );
      const rest = await store.history({
        sessionId: d.sessionId,
        after: page?.messages.at(-1)?.seq ?? 0,
        limit: 1_000,
      });
      expect(rest?.messages).toHaveLength(10);
      expect(rest?.events).toHaveLength(20);
      const seqs = page?.events.map(({ seq }) => seq) ?? [];
      expect(seqs).toEqual(seqs.toSorted((left, right) => left - right));
    });

    it("law 11 consistent: a page and the events after its head are the whole, among commits too", async () => {
      await using store = await subject.create();
      const d = createDrafts("hist");
      const [first, ...plans] = conversationPlans(d);
      await store.commit(first ?? createPlan(d));
      const pages: HistoryPage[] = [];
      const look = async () => {
        const page = await store.history({ sessionId: d.sessionId, after: -1, limit: 200 });
        if (page !== null) pages.push(page);
      };
      await Promise.all(plans.map((plan) => Promise.all([store.commit(plan), look()])));
      for (const turn of numbers(10).map((n) => d.turn(100 + n))) {
        await Promise.all([store.commit(admitPlan(turn)), look(), look()]);
      }
      const log = await readLog(store, d.sessionId);
      const whole = await fold(store, log);
      expect(pages.length).toBeGreaterThan(plans.length);
      for (const { messages, events, head } of pages) {
        expect(log[head.seq]?.hash).toBe(head.hash);
        for (const { seq } of [...messages, ...events]) expect(seq).toBeLessThanOrEqual(head.seq);
        // Inputs that are pending at the head are no messages yet, so a reader joins what is told of them to the page.
        const own = new Set(events.map(({ seq }) => seq));
        const pending = log.filter(({ seq, type }) => seq <= head.seq && isOfPending.test(type) && !own.has(seq));
        const steps = log.filter(({ seq, type }) => seq <= head.seq && type === "step.started" && !own.has(seq));
        expect(await fold(store, [...pending, ...steps, ...events, ...log.slice(head.seq + 1)])).toEqual(whole);
      }
    });

    it("law 11 consistent: a page has the last content of an input that was replaced", async () => {
      await using store = await subject.create();
      const d = createDrafts("hist");
      await commitAll(store, [createPlan(d), admitPlan(d)]);
      await store.commit({ sessionId: d.sessionId, events: [d.replaced({ text: "First try" })] });
      await store.commit({ sessionId: d.sessionId, events: [d.replaced({ replaces: 2, text: "Second try" })] });
      await store.commit(startPlan(d, [d.promoted()]));
      await store.commit(endPlan(d));
      const page = await store.history({ sessionId: d.sessionId, after: -1, limit: 10 });
      expect(page?.messages).toMatchObject([{ messageId: d.inputId, role: "user" }]);
      expect(page?.events.map(({ seq }) => seq)).toEqual([1, 3, 5]);
    });

    it("law 11 consistent: retries in one message are one message, with every attempt's events", async () => {
      await using store = await subject.create();
      const d = createDrafts("hist");
      await commitAll(store, [
        createPlan(d),
        startPlan(d, [d.stepStarted(), d.attemptStarted(), d.attemptEnded({ status: "error" })]),
        ownerPlan(d, [d.attemptStarted({ attempt: 2 }), d.text(), d.attemptEnded({ attempt: 2 }), d.stepEnded()]),
      ]);
      const page = await store.history({ sessionId: d.sessionId, after: -1, limit: 10 });
      expect(page?.messages).toEqual([{ sessionId: d.sessionId, messageId: d.answerId, seq: 3, role: "assistant" }]);
      expect(page?.events.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7]);
    });
  });
};

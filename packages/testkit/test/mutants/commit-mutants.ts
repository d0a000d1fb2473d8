import { changedMemory, inCommit } from "./mutant.ts";

import type { EventDraft } from "@holdfast/core/event";
import type { Approval } from "@holdfast/core/store";
import type { Mutant } from "./mutant.ts";

/** Faults of commits. */
export const commitMutants: readonly Mutant[] = [
  {
    name: "expected seq unchecked",
    law: "8 expected",
    by: "refuses a plan that expects another end of the log",
    subject: changedMemory(inCommit(({ expectedSeq: _expectedSeq, ...plan }, inner) => inner.commit(plan))),
  },
  {
    name: "fence unchecked",
    law: "5 fenced",
    by: "refuses text.ended of an owner whose claim another took",
    subject: changedMemory(
      inCommit(async (plan, inner) => {
        const claim = (await inner.snapshot(plan.sessionId))?.claim;
        if (plan.fence === undefined || claim?.owner === null || claim === null || claim === undefined) {
          return inner.commit(plan);
        }
        return inner.commit({ ...plan, fence: { owner: claim.owner, fence: claim.fence } });
      }),
    ),
  },
  {
    name: "half of a plan kept",
    law: "3 atomic",
    by: "leaves nothing of a plan whose last event's condition fails",
    subject: changedMemory(
      inCommit(async (plan, inner) => {
        try {
          return await inner.commit(plan);
        } catch (error) {
          await inner.commit({ ...plan, events: plan.events.slice(0, 1), changes: [] }).catch(() => undefined);
          throw error;
        }
      }),
    ),
  },
  {
    name: "condition ignored",
    law: "4 projected",
    by: "a plan's own condition that wants no row where there is one fails",
    subject: changedMemory(inCommit((plan, inner) => inner.commit({ ...plan, changes: [] }))),
  },
  {
    name: "inbox limit off by one",
    law: "7 admitted once",
    by: "of 12 inputs at once, an inbox of 5 takes 5",
    subject: changedMemory(
      inCommit(({ admission, ...plan }, inner) =>
        inner.commit(
          admission === undefined
            ? plan
            : { ...plan, admission: { ...admission, inboxLimit: admission.inboxLimit + 1 } },
        ),
      ),
    ),
  },
  {
    name: "replay without the claim in the result",
    law: "7 admitted once",
    by: "a retry is answered with the session's head and claim",
    subject: changedMemory(
      inCommit(async (plan, inner) => {
        const result = await inner.commit(plan);
        return result.status === "replayed" ? { ...result, claim: null } : result;
      }),
    ),
  },
  {
    name: "statement shape forgets a list's length",
    law: "4 projected",
    by: "executions of one store may wake lists of any length",
    subject: changedMemory((inner) => {
      let length: number | undefined;
      const prepared = (event: EventDraft): EventDraft => {
        const woken = "woken" in event.data ? event.data.woken : [];
        if (woken.length === 0) return event;
        length ??= woken.length;
        return { ...event, data: { ...event.data, woken: woken.slice(0, length) } } as EventDraft;
      };
      return { commit: (plan) => inner.commit({ ...plan, events: plan.events.map(prepared) }) };
    }),
  },
  {
    name: "an approval saved before the plan is applied",
    law: "21 asked",
    by: "a plan that is refused saves no approval",
    subject: changedMemory((inner) => {
      const early: Approval[] = [];
      return {
        commit: (plan) => {
          early.push(...(plan.approvals ?? []));
          return inner.commit(plan);
        },
        approvals: async ({ project }) => early.filter((approval) => approval.project === project),
      };
    }),
  },
  {
    name: "asks that ignore their state",
    law: "21 asked",
    by: "asks are found by session, call and state",
    subject: changedMemory((inner) => ({ asks: ({ state: _state, ...query }) => inner.asks(query) })),
  },
  {
    name: "an ID that is used again after its deletion",
    law: "22 deleted",
    by: "refuses its creation anew",
    subject: changedMemory(
      inCommit(async (plan, inner) => {
        if (plan.events[0]?.type !== "session.created") return inner.commit(plan);
        return inner
          .commit(plan)
          .catch(() => ({ status: "committed", events: [], head: { seq: 0, hash: "" }, claim: null }));
      }),
    ),
  },
  {
    name: "a tail without the end of a deleted session",
    law: "22 deleted",
    by: "the last event is all that is left",
    subject: changedMemory((inner) => ({
      events: async (query) => (await inner.events(query)).filter(({ type }) => type !== "session.deleted"),
    })),
  },
];

import { evaluate } from "@holdfast/core";
import { argumentSchemas } from "@holdfast/core/arguments";

import { answerAsk } from "./fake-answer.ts";
import { toAskInfo } from "./fake-ask-info.ts";
import { fromPageMark, toPageMark } from "./page-mark.ts";

import type { Asks } from "@holdfast/core";
import type { FakeKernel } from "./fake-kernel.ts";

/** What people are asked. */
export const fakeAsks = (kernel: FakeKernel): Asks => {
  const { store } = kernel;
  return {
    list: async (query = {}) => {
      const { sessionId, rootId, limit, page } = kernel.check(argumentSchemas.listAsks, query, "list");
      for (const id of [sessionId, rootId]) if (id !== undefined) await kernel.snapshot(id);
      const after = page === undefined ? undefined : fromPageMark(page);
      const rows = await store.asks({
        state: "open",
        limit,
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(rootId === undefined ? {} : { rootId }),
        ...(after === undefined ? {} : { after: { seq: after.place, sessionId: after.sessionId } }),
      });
      const last = rows.length < limit ? undefined : rows.at(-1);
      const asks = rows.map(async (row) => toAskInfo(kernel, (await kernel.snapshot(row.sessionId)).session, row));
      return {
        asks: await Promise.all(asks),
        ...(last === undefined ? {} : { next: toPageMark(last.seq, last.sessionId) }),
      };
    },
    get: async (query) => {
      const { sessionId, askId } = kernel.check(argumentSchemas.ask, query, "get");
      const { session } = await kernel.snapshot(sessionId);
      const [row] = await store.asks({ sessionId, askId, limit: 1 });
      return row === undefined ? null : toAskInfo(kernel, session, row);
    },
    answer: (given) => answerAsk(kernel, given),
    approvals: async (query) => {
      const { sessionId, project } = kernel.check(argumentSchemas.approvals, query, "approvals");
      if (sessionId === undefined) return store.approvals({ project: project ?? "" });
      return store.approvals({ project: (await kernel.snapshot(sessionId)).session.project });
    },
    revoke: async (approval) => store.revoke(kernel.check(argumentSchemas.revoke, approval, "revoke")),
    explain: async (given) => {
      const { sessionId, agent, action, resource } = kernel.check(argumentSchemas.explain, given, "explain");
      const { session } = await kernel.snapshot(sessionId);
      const name = agent ?? session.agent;
      const saved = await store.approvals({ project: session.project });
      const approvals = saved.filter((approval) => approval.agent === null || approval.agent === name);
      const found = evaluate(kernel.rulesOf(name), { action, resource }, { approvals });
      const { effect, rule, approval } = found;
      if (!(kernel.options.agents ?? ["default"]).includes(name)) return { effect: "deny", by: "unknown-agent" };
      const by = approval !== undefined ? "approval" : rule === undefined ? "default" : "rules";
      return { effect, by, ...(rule === undefined ? {} : { rule }), ...(approval === undefined ? {} : { approval }) };
    },
  };
};

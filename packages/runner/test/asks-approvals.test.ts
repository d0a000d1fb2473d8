import { createMemoryStore } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { acting, actingOn, answer, askToAct, openAsks } from "./asking.ts";
import { allowAll, openRuntime, setStage, shared } from "./stage.ts";

import type { Rule } from "@holdfast/core";

const deny = (action: string): Rule => ({ action, resource: "*", effect: "deny" });

it('"always" for the agent alone is for that agent alone, also in another session of the project', async () => {
  const ran: string[] = [];
  await using stage = await setStage({
    rules: askToAct,
    agents: { other: {} },
    model: actingOn("a"),
    tools: [acting(ran)],
  });
  const { holdfast, sessionId, directory } = stage;
  await stage.turn("Go");
  const [ask] = await openAsks(holdfast, sessionId);
  await holdfast.asks.answer({
    sessionId,
    askId: ask?.askId ?? "",
    identity: ask?.identity ?? "",
    answer: { kind: "permission", reply: "always" },
    agentOnly: true,
  });
  await holdfast.sessions.wait({ sessionId });
  expect(await holdfast.asks.approvals({ sessionId })).toMatchObject([{ resource: "a", agent: "default" }]);
  for (const [agent, status] of [
    ["default", "completed"],
    ["other", "asking"],
  ] as const) {
    const { id } = await holdfast.sessions.create({ location: { directory }, agent });
    const { cursor } = await holdfast.sessions.prompt({ sessionId: id, text: "Go" });
    expect(await holdfast.sessions.wait({ sessionId: id, after: cursor })).toMatchObject({ status });
  }
  expect(ran).toEqual(["a", "a"]);
});

it("no approval lifts a deny that came later, or that a parent had, and what denies is explained by where it comes from", async () => {
  const store = createMemoryStore();
  const ran: string[] = [];
  const common = { model: actingOn("a"), tools: [acting(ran)] };
  const first = await setStage({ ...common, rules: askToAct, store: shared(store) });
  const { sessionId, directory } = first;
  await first.turn("Go");
  await answer(first.holdfast, (await openAsks(first.holdfast, sessionId))[0], { kind: "permission", reply: "always" });
  await first.holdfast.sessions.wait({ sessionId });
  const location = { directory };

  await using strict = await openRuntime(shared(store), { ...common, rules: [...askToAct, deny("act")] });
  const request = { action: "act", resource: "a" };
  expect(await strict.asks.explain({ sessionId, ...request })).toEqual({
    effect: "deny",
    by: "rules",
    rule: deny("act"),
  });
  const parent = await strict.sessions.create({ location });
  const child = await strict.sessions.create({ location, parentId: parent.id });

  // The first runtime allows it, and the child is bound all the same.
  expect(await first.holdfast.asks.explain({ sessionId, ...request })).toMatchObject({
    effect: "allow",
    by: "approval",
  });
  expect(await first.holdfast.asks.explain({ sessionId: child.id, ...request })).toEqual({
    effect: "deny",
    by: "inherited",
    rule: deny("act"),
  });
  for (const [holdfast, id] of [
    [strict, sessionId],
    [first.holdfast, child.id],
  ] as const) {
    const { cursor } = await holdfast.sessions.prompt({ sessionId: id, text: "Go" });
    expect(await holdfast.sessions.wait({ sessionId: id, after: cursor })).toMatchObject({ status: "completed" });
  }
  expect(ran).toEqual(["a"]);
  await first[Symbol.asyncDispose]();
});

it("what an open execution recorded binds an answer that is given under looser rules", async () => {
  const store = createMemoryStore();
  const ran: string[] = [];
  const twice = acting(ran, {
    prepare: async (on, { permission }) => {
      await permission.assert({ action: "act", resources: [on] });
      await permission.assert({ action: "push", resources: [on] });
    },
  });
  const common = { model: actingOn("a"), tools: [twice] };
  const first = await setStage({ ...common, rules: [...askToAct, deny("push")], store: shared(store) });
  const { sessionId } = first;
  await first.turn("Go");
  await first.holdfast[Symbol.asyncDispose]();
  await using loose = await openRuntime(shared(store), { ...common, rules: askToAct });
  expect(await loose.asks.explain({ sessionId, action: "push", resource: "a" })).toMatchObject({
    effect: "deny",
    by: "execution",
  });
  const { cursor } = await answer(loose, (await openAsks(loose, sessionId))[0]);
  expect(await loose.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  expect(ran).toEqual([]);
  await first[Symbol.asyncDispose]();
});

it("what the rules of an answering process allow is not approved by that: the session's other asks stay open", async () => {
  const store = createMemoryStore();
  const ran: string[] = [];
  const common = { model: actingOn("a", "b"), tools: [acting(ran)] };
  const first = await setStage({ ...common, rules: askToAct, store: shared(store) });
  const { sessionId } = first;
  await first.turn("Go");
  await using loose = await openRuntime(shared(store), { ...common, rules: allowAll });
  const [ask, other] = await openAsks(loose, sessionId);
  const { alsoAnswered } = await answer(loose, ask, { kind: "permission", reply: "always" });
  expect(alsoAnswered).toEqual([]);
  expect(await first.holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
  expect(await openAsks(loose, sessionId)).toMatchObject([{ askId: other?.askId }]);
  await expect.poll(() => ran).toHaveLength(1);
  await first[Symbol.asyncDispose]();
});

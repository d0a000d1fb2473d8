import { scriptedModel, text } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { act, asked, begin, begun, identityOf, rows, settledThenOn } from "./last-event-rows.ts";
import { leaveLog } from "./left-log.ts";
import { logOf, openRuntime } from "./stage.ts";

// Laws, "Last durable event -> what recovery does": given a log that ends so, when it is resumed, then these events follow.

it.each(rows)("after $after it $does", async ({ given, follows, requests }) => {
  await using left = await leaveLog({ events: given });
  const { store, drafts } = left;
  const { sessionId } = drafts;
  const before = (await store.snapshot(sessionId))?.head.seq ?? -1;
  const model = scriptedModel([[text("Done.")]]);
  await using holdfast = await openRuntime(store, { tools: [act], model });
  await holdfast.sessions.resume({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  const log = await logOf(holdfast, sessionId);
  expect(log.slice(before + 1).map(({ type }) => type)).toEqual(["execution.recovered", ...follows]);
  expect(model.calls).toBe(requests);
  await expectSound(store, sessionId);
});

it("after ask.opened it rests: nothing is written, and the claim is left alone", async () => {
  await using left = await leaveLog({ events: asked });
  const { store, drafts } = left;
  const { sessionId } = drafts;
  const before = await store.snapshot(sessionId);
  await using holdfast = await openRuntime(store, { tools: [act], recovery: "resume", claims: { discoverMs: 10 } });
  expect(await holdfast.sessions.resume({ sessionId })).toEqual({ status: "nothing-to-do" });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await store.snapshot(sessionId)).toEqual(before);
});

it.each([
  {
    after: "ask.answered",
    does: "runs its call from the top",
    follows: ["tool.begun", "tool.settled", ...settledThenOn],
  },
  { after: "ask.expired", does: "refuses its call", follows: ["tool.settled", ...settledThenOn] },
])("after $after it $does", async ({ after, follows }) => {
  await using left = await leaveLog({ events: asked });
  const { store, drafts } = left;
  const { sessionId, askId, callId } = drafts;
  const end =
    after === "ask.answered"
      ? drafts.askAnswered({ askId, identity: identityOf(callId), answer: { kind: "permission", reply: "once" } })
      : drafts.askExpired({ askId, reason: "time" });
  await store.commit({ sessionId, events: [end] });
  const before = (await store.snapshot(sessionId))?.head.seq ?? -1;
  await using holdfast = await openRuntime(store, { tools: [act], model: [[text("Done.")]], rules: [] });
  await holdfast.sessions.resume({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  const log = await logOf(holdfast, sessionId);
  expect(log.slice(before + 1).map(({ type }) => type)).toEqual(["execution.recovered", ...follows]);
  await expectSound(store, sessionId);
});

it("after interrupt.requested it settles and ends as interrupted, before anything runs", async () => {
  await using left = await leaveLog({ events: begun });
  const { store, drafts } = left;
  const { sessionId } = drafts;
  await store.commit({ sessionId, events: [drafts.interruptRequested()] });
  const before = (await store.snapshot(sessionId))?.head.seq ?? -1;
  const model = scriptedModel([[text("Done.")]]);
  await using holdfast = await openRuntime(store, { tools: [act], model });
  await holdfast.sessions.resume({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
  const log = await logOf(holdfast, sessionId);
  expect(log.slice(before + 1).map(({ type }) => type)).toEqual(["tool.settled", "step.failed", "execution.ended"]);
  expect(model.calls).toBe(0);
});

it("after execution.ended there is nothing to do", async () => {
  await using left = await leaveLog({
    events: (drafts) => [...begin(drafts), drafts.text(), drafts.attemptEnded(), drafts.stepEnded()],
  });
  const { store, drafts } = left;
  const { sessionId, ownerId } = drafts;
  await store.commit({
    sessionId,
    events: [drafts.ended()],
    fence: { owner: ownerId, fence: 1 },
    claim: { action: "release" },
  });
  await using holdfast = await openRuntime(store, {});
  expect(await holdfast.sessions.resume({ sessionId })).toEqual({ status: "nothing-to-do" });
  expect(await holdfast.sessions.recovery({ sessionId })).toEqual({ status: "none" });
});

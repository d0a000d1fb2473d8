import { expect } from "vitest";

import { askToWrite, callingOnce, onlyAsk, openAsks, questioning, writing } from "./asking-tools.ts";
import { it } from "./law.ts";
import { codeOf, collect, dataOf, setStage, typesOf } from "./stage.ts";

import type { FacadeSubject } from "./facade-subject.ts";

const once = { kind: "permission", reply: "once" } as const;

/** Asks: what is shown, how it is answered, and what comes of it. */
export const describeAsking = (subject: FacadeSubject): void => {
  it("what the rules ask for waits for a person: the session rests as asking, shows what is asked, and goes on once that is approved", async () => {
    const written: string[] = [];
    const script = callingOnce(["write", { paths: ["/etc/a"] }]);
    await using stage = await setStage(subject, { script, tools: [writing(written)], rules: askToWrite });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const items = await stage.turn("Go");
    expect(items.at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest: "asking" } });
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
    expect(written).toEqual([]);
    const ask = await onlyAsk(stage);
    expect(ask).toMatchObject({
      sessionId,
      rootId: sessionId,
      agent: "default",
      kind: "permission",
      state: "open",
      shown: { kind: "permission", tool: "write", action: "write", resources: ["/etc/a"], preview: { path: "/etc/a" } },
    });
    expect(await sessions.recovery({ sessionId })).toEqual({ status: "asking", asks: [ask] });
    const { cursor } = await asks.answer({
      sessionId,
      askId: ask.askId,
      identity: ask.identity,
      answer: once,
      by: "me",
    });
    const rest = await collect(sessions.events({ sessionId, after: cursor, until: "idle" }));
    expect(rest.at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest: "completed" } });
    expect(typesOf(rest).slice(0, 2)).toEqual(["tool.begun", "tool.settled"]);
    expect(written).toEqual(["/etc/a"]);
    expect(await asks.get({ sessionId, askId: ask.askId })).toMatchObject({
      state: "answered",
      answer: once,
      by: "me",
    });
    expect(await openAsks(stage)).toEqual([]);
  });

  it("an answer is taken once, and only for what was shown: a stale, changed or unfitting one is a conflict by code, and changes nothing", async () => {
    const written: string[] = [];
    const script = callingOnce(["write", { paths: ["/etc/a"] }]);
    await using stage = await setStage(subject, { script, tools: [writing(written)], rules: askToWrite });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Go");
    const { askId, identity } = await onlyAsk(stage);
    const before = await stage.log();
    const answer = { sessionId, askId, identity, answer: once };
    expect(await codeOf(asks.answer({ ...answer, identity: "0".repeat(64) }))).toBe("ask.changed");
    expect(await codeOf(asks.answer({ ...answer, askId: "ask_nobody" }))).toBe("ask.not-found");
    expect(await codeOf(asks.answer({ ...answer, answer: { kind: "question", answers: [] } }))).toBe("ask.mismatch");
    expect(await codeOf(asks.answer({ ...answer, sessionId: "ses_nobody" }))).toBe("session.not-found");
    expect(await codeOf(asks.answer({ ...answer, answer: { kind: "permission", reply: "maybe" as "once" } }))).toBe(
      "argument.invalid",
    );
    expect(await stage.log()).toEqual(before);
    const [first, second] = await Promise.allSettled([
      asks.answer({ ...answer, by: "one" }),
      asks.answer({ ...answer, by: "two" }),
    ]);
    expect([first.status, second.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    await sessions.wait({ sessionId });
    const winner = first.status === "fulfilled" ? "one" : "two";
    const replayed = await asks.answer({ ...answer, by: winner });
    expect(replayed).toMatchObject({ replayed: true, askId });
    expect(await codeOf(asks.answer({ ...answer, by: winner, answer: { kind: "permission", reply: "deny" } }))).toBe(
      "ask.closed",
    );
    expect(written).toEqual(["/etc/a"]);
    expect(dataOf(await stage.log(), "ask.answered")).toHaveLength(1);
  });

  it("a denial reaches the model with what the user said, and ends the session's other permission asks with it", async () => {
    const written: string[] = [];
    const script = callingOnce(["write", { paths: ["/a"] }], ["write", { paths: ["/b"] }]);
    await using stage = await setStage(subject, { script, tools: [writing(written)], rules: askToWrite });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Go");
    const [ask, other] = await openAsks(stage);
    const denied = await asks.answer({
      sessionId,
      askId: ask?.askId ?? "",
      identity: ask?.identity ?? "",
      answer: { kind: "permission", reply: "deny", feedback: "Write to /tmp." },
    });
    expect(denied.alsoExpired).toEqual([other?.askId]);
    expect(await sessions.wait({ sessionId, after: denied.cursor })).toMatchObject({ status: "completed" });
    const outcomes = dataOf(await stage.log(), "tool.settled").map(({ outcome }) => outcome);
    expect(outcomes).toMatchObject([
      { status: "stopped", reason: "denied-by-user" },
      { status: "stopped", reason: "denied-by-user" },
    ]);
    for (const { content } of outcomes) expect(content).toContain("Write to /tmp.");
    expect(written).toEqual([]);
    expect(stage.model.calls).toBe(2);
  });

  it('to answer "always" saves the patterns that were shown, answers what they cover, and asks no more until they are revoked', async () => {
    const written: string[] = [];
    const script = callingOnce(
      ["write", { paths: ["/safe/a"] }],
      ["write", { paths: ["/safe/b"] }],
      ["write", { paths: ["/etc/c"] }],
    );
    await using stage = await setStage(subject, { script, tools: [writing(written)], rules: askToWrite });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Go");
    const [first, second, third] = await openAsks(stage);
    const always = await asks.answer({
      sessionId,
      askId: first?.askId ?? "",
      identity: first?.identity ?? "",
      answer: { kind: "permission", reply: "always" },
    });
    expect(always.alsoAnswered).toEqual([second?.askId]);
    expect(await sessions.wait({ sessionId, after: always.cursor })).toMatchObject({ status: "asking" });
    expect((await openAsks(stage)).map(({ askId }) => askId)).toEqual([third?.askId]);
    const approvals = await asks.approvals({ sessionId });
    expect(approvals).toMatchObject([
      { project: stage.session.project, action: "write", resource: "/safe/*", agent: null, askId: first?.askId },
    ]);
    expect(await asks.explain({ sessionId, action: "write", resource: "/safe/x" })).toMatchObject({
      effect: "allow",
      by: "approval",
    });
    await asks.answer({ sessionId, askId: third?.askId ?? "", identity: third?.identity ?? "", answer: once });
    await sessions.wait({ sessionId });
    expect(written.toSorted()).toEqual(["/etc/c", "/safe/a", "/safe/b"]);
    await stage.turn("Go");
    expect(await openAsks(stage)).toHaveLength(1);
    const [approval] = approvals;
    if (approval === undefined) throw new Error("no approval");
    const { project, action, resource, agent } = approval;
    expect(await asks.revoke({ project, action, resource, agent })).toBe(true);
    expect(await asks.revoke({ project, action, resource, agent })).toBe(false);
    expect(await asks.explain({ sessionId, action: "write", resource: "/safe/x" })).toMatchObject({ effect: "ask" });
  });

  it("a question is answered in order, and reaches its tool", async () => {
    const heard: (readonly string[])[][] = [];
    await using stage = await setStage(subject, { script: callingOnce(["question", {}]), tools: [questioning(heard)] });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Go");
    const { askId, identity, shown } = await onlyAsk(stage);
    expect(shown).toMatchObject({ kind: "question", questions: [{ custom: false }, { custom: true, options: [] }] });
    const answer = (answers: string[][]) =>
      asks.answer({ sessionId, askId, identity, answer: { kind: "question", answers } });
    expect(await codeOf(answer([["red"]]))).toBe("ask.mismatch");
    expect(await codeOf(answer([["green"], []]))).toBe("ask.mismatch");
    expect(await codeOf(answer([["red", "blue"], []]))).toBe("ask.mismatch");
    const { cursor } = await answer([["blue"], ["it is calm"]]);
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(heard).toEqual([[["blue"], ["it is calm"]]]);
  });

  it("to dismiss a question interrupts the activity", async () => {
    const heard: (readonly string[])[][] = [];
    await using stage = await setStage(subject, { script: callingOnce(["question", {}]), tools: [questioning(heard)] });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Go");
    const { askId, identity } = await onlyAsk(stage);
    const { cursor } = await asks.answer({ sessionId, askId, identity, answer: { kind: "question" } });
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "interrupted" });
    expect(heard).toEqual([]);
    const log = await stage.log();
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "stopped", reason: "cancelled" } }]);
    expect(stage.model.calls).toBe(1);
  });
};

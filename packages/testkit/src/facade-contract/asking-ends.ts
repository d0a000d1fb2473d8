import { expect } from "vitest";

import { askToWrite, callingOnce, onlyAsk, openAsks, questioning, writing } from "./asking-tools.ts";
import { it } from "./law.ts";
import { codeOf, dataOf, setStage } from "./stage.ts";

import type { FacadeSubject } from "./facade-subject.ts";

const once = { kind: "permission", reply: "once" } as const;
const script = callingOnce(["write", { paths: ["/a"] }]);

/** How asks end without an answer, what waits behind them, and a host without people. */
export const describeAskingEnds = (subject: FacadeSubject): void => {
  it("a prompt never answers an ask: it waits behind it, as its receipt says, and is promoted once the ask is answered", async () => {
    await using stage = await setStage(subject, { script, tools: [writing([])], rules: askToWrite });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Go");
    const { askId, identity } = await onlyAsk(stage);
    const steer = await sessions.prompt({ sessionId, text: "And hurry", id: "msg_steer" });
    expect(steer).toMatchObject({ disposition: "pending", behind: [askId] });
    expect(await sessions.wait({ sessionId, after: steer.cursor })).toMatchObject({ status: "asking" });
    expect(await sessions.inputs({ sessionId })).toMatchObject([{ text: "And hurry" }]);
    expect(await sessions.resume({ sessionId })).toEqual({ status: "nothing-to-do" });
    const { cursor } = await asks.answer({ sessionId, askId, identity, answer: once });
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    const receipt = await sessions.receipt({ sessionId, id: "msg_steer" });
    expect(receipt).toMatchObject({ disposition: "promoted" });
    expect(receipt).not.toHaveProperty("behind");
  });

  it("a prompt with dismissAsks ends what is asked, in the same commit: the calls are not run, and the conversation goes on", async () => {
    const written: string[] = [];
    await using stage = await setStage(subject, { script, tools: [writing(written)], rules: askToWrite });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Go");
    const { askId, identity } = await onlyAsk(stage);
    const receipt = await sessions.prompt({ sessionId, text: "Forget it", dismissAsks: true });
    expect(receipt).not.toHaveProperty("behind");
    expect(await sessions.wait({ sessionId, after: receipt.cursor })).toMatchObject({ status: "completed" });
    expect(await codeOf(asks.answer({ sessionId, askId, identity, answer: once }))).toBe("ask.closed");
    expect(await asks.get({ sessionId, askId })).toMatchObject({ state: "expired", expiredReason: "dismissed" });
    const log = await stage.log();
    const at = log.findIndex(({ type }) => type === "ask.expired");
    expect(log[at + 1]).toMatchObject({ type: "input.admitted" });
    const [settled] = dataOf(log, "tool.settled");
    expect(settled?.outcome).toMatchObject({ status: "stopped", reason: "denied-by-user" });
    expect(settled?.outcome.content).toContain("went on");
    expect(written).toEqual([]);
  });

  it("an interruption ends what is asked, and settles its calls", async () => {
    const both = callingOnce(["write", { paths: ["/a"] }], ["question", {}]);
    await using stage = await setStage(subject, {
      script: both,
      tools: [writing([]), questioning([])],
      rules: askToWrite,
    });
    const { asks, sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Go");
    const open = await openAsks(stage);
    expect(open.map(({ kind }) => kind).toSorted()).toEqual(["permission", "question"]);
    await sessions.interrupt({ sessionId });
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
    const log = await stage.log();
    expect(dataOf(log, "ask.expired").map(({ reason }) => reason)).toEqual(["interrupted", "interrupted"]);
    expect(dataOf(log, "tool.settled").map(({ outcome }) => outcome)).toMatchObject([
      { reason: "cancelled" },
      { reason: "cancelled" },
    ]);
    const permission = open.find(({ kind }) => kind === "permission");
    const answer = { sessionId, askId: permission?.askId ?? "", identity: permission?.identity ?? "", answer: once };
    expect(await codeOf(asks.answer(answer))).toBe("ask.closed");
  });

  it.each([
    ["permission", "write", { paths: ["/a"] }],
    ["question", "question", {}],
  ])("a %s that nobody answers in time ends as refused, and the model goes on", async (_kind, name, input) => {
    await using stage = await setStage(subject, {
      script: callingOnce([name, input]),
      tools: [writing([]), questioning([])],
      rules: askToWrite,
      asks: { expireMs: 30 },
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { cursor } = await sessions.prompt({ sessionId, text: "Go" });
    await expect
      .poll(async () => (await sessions.wait({ sessionId, after: cursor })).status, { timeout: 10_000 })
      .toBe("completed");
    const log = await stage.log();
    expect(dataOf(log, "ask.opened")[0]?.expires).toEqual(expect.any(Number));
    expect(dataOf(log, "ask.expired")).toMatchObject([{ reason: "time" }]);
    const [settled] = dataOf(log, "tool.settled");
    expect(settled?.outcome).toMatchObject({ status: "stopped", reason: "denied-by-policy" });
    expect(settled?.outcome.content).toContain("nobody answered in time");
  });

  it.each([
    ["permission", "write", { paths: ["/a"] }],
    ["question", "question", {}],
  ])("where nobody can be asked, a %s is refused at once, and the model is told so", async (_kind, name, input) => {
    await using stage = await setStage(subject, {
      script: callingOnce([name, input]),
      tools: [writing([]), questioning([])],
      rules: askToWrite,
      asks: { policy: "deny" },
    });
    const items = await stage.turn("Go");
    expect(items.at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest: "completed" } });
    const log = await stage.log();
    expect(dataOf(log, "ask.opened")).toEqual([]);
    const [settled] = dataOf(log, "tool.settled");
    expect(settled?.outcome).toMatchObject({ status: "stopped", reason: "denied-by-policy" });
    expect(settled?.outcome.content).toContain("cannot ask anybody");
  });

  it("asks are listed by session and by root, in pages, each with its line of parents", async () => {
    const many = callingOnce(...["/a", "/b", "/c"].map((path) => ["write", { paths: [path] }] as const));
    await using stage = await setStage(subject, { script: many, tools: [writing([])], rules: askToWrite });
    const { asks, sessions } = stage.holdfast;
    const rootId = stage.session.id;
    const location = { directory: stage.directory };
    const child = await sessions.create({ location, parentId: rootId });
    const grandchild = await sessions.create({ location, parentId: child.id });
    const stranger = await sessions.create({ location });
    for (const { id } of [grandchild, stranger]) {
      await sessions.prompt({ sessionId: id, text: "Go" });
      await sessions.wait({ sessionId: id });
    }
    expect((await asks.list()).asks).toHaveLength(6);
    expect((await asks.list({ sessionId: rootId })).asks).toEqual([]);
    const found: string[] = [];
    for (let page: string | undefined = ""; page !== undefined;) {
      const next: Awaited<ReturnType<typeof asks.list>> = await asks.list({
        rootId,
        limit: 2,
        ...(page === "" ? {} : { page }),
      });
      found.push(...next.asks.map(({ askId }) => askId));
      for (const ask of next.asks) expect(ask).toMatchObject({ rootId, parentId: child.id, sessionId: grandchild.id });
      page = next.next;
    }
    expect(found).toHaveLength(3);
    expect(new Set(found).size).toBe(3);
    expect(await codeOf(asks.list({ page: "yesterday" }))).toBe("argument.invalid");
    expect(await codeOf(asks.list({ sessionId: "ses_nobody" }))).toBe("session.not-found");
    expect(await asks.get({ sessionId: rootId, askId: "ask_nobody" })).toBeNull();
  });

  it("what decides about a request is explained: a rule, nothing, an agent that nobody knows", async () => {
    const deny = { action: "rm", resource: "*", effect: "deny" } as const;
    await using stage = await setStage(subject, { script: [], rules: [...askToWrite, deny] });
    const { asks } = stage.holdfast;
    const sessionId = stage.session.id;
    const explain = (action: string, agent?: string) => asks.explain({ sessionId, action, resource: "/a", agent });
    expect(await explain("rm")).toEqual({ effect: "deny", by: "rules", rule: deny });
    expect(await explain("write")).toEqual({ effect: "ask", by: "rules", rule: askToWrite[1] });
    expect(await explain("read")).toEqual({ effect: "allow", by: "rules", rule: askToWrite[0] });
    expect(await explain("read", "nobody")).toEqual({ effect: "deny", by: "unknown-agent" });
  });
};

import { expect } from "vitest";

import { lastUserText } from "../model/conversation.ts";
import { createGate } from "../model/gate.ts";
import { text, wait } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, dataOf, setStage, untilShown } from "./stage.ts";

import type { PendingInput } from "@holdfast/core";
import type { FacadeSubject } from "./facade-subject.ts";
import type { Stage } from "./stage.ts";

/** The input that waits, where there is one alone. */
const onlyInput = async ({ holdfast, session }: Stage): Promise<PendingInput> => {
  const inputs = await holdfast.sessions.inputs({ sessionId: session.id });
  if (inputs[0] === undefined || inputs.length > 1) throw new Error(`expected one input, found ${inputs.length}`);
  return inputs[0];
};

/** The error of a promise, with its data. */
const errorOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "resolved",
    (error: unknown) => error,
  );

/** Pending inputs: replaced, withdrawn, cleared. */
export const describeInbox = (subject: FacadeSubject): void => {
  it("a replaced input keeps its identity and its place, and the model is shown its new content alone", async () => {
    const gate = createGate();
    await using stage = await setStage(subject, {
      script: (prompt) =>
        lastUserText(prompt) === "first" ? [text("At", { open: true }), wait(gate.opened)] : [text("Done.")],
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await sessions.prompt({ sessionId, text: "first" });
    await untilShown(stage, "At");
    const second = await sessions.prompt({ sessionId, text: "second", delivery: "queue", metadata: { from: "me" } });
    await sessions.prompt({ sessionId, text: "third", delivery: "queue" });
    const [before] = await sessions.inputs({ sessionId });
    const { messageId } = second;
    const version = before?.version ?? -1;
    const change = await sessions.replaceInput({ sessionId, messageId, version, text: "second, better" });
    expect(change).toMatchObject({ sessionId, messageId, disposition: "replaced" });
    expect(change.version).toBeGreaterThan(version);
    expect(await sessions.inputs({ sessionId })).toMatchObject([
      { ...before, text: "second, better", version: change.version },
      { text: "third" },
    ]);
    gate.open();
    await sessions.wait({ sessionId, after: second.cursor });
    const { messages } = await sessions.messages({ sessionId });
    const said = messages.filter(({ role }) => role === "user");
    expect(said).toMatchObject([{ text: "first" }, { messageId, text: "second, better" }, { text: "third" }]);
    expect(said[1]).not.toHaveProperty("metadata");
    expect(stage.model.calls).toBe(3);
  });

  it("a retry of the first content of an input admits nothing again, and says what became of it", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const kept = { sessionId, id: "msg_kept", text: "Hi", resume: false };
    const dropped = { sessionId, id: "msg_dropped", text: "Ho", resume: false };
    const first = await sessions.prompt(kept);
    const { version } = await onlyInput(stage);
    await sessions.replaceInput({ sessionId, messageId: "msg_kept", version, text: "Hello" });
    const retried = { messageId: "msg_kept", cursor: first.cursor, replayed: true };
    expect(await sessions.prompt(kept)).toMatchObject({ ...retried, disposition: "replaced" });
    expect(await codeOf(sessions.prompt({ ...kept, text: "Hello" }))).toBe("input.conflict");
    await sessions.prompt(dropped);
    const [, other] = await sessions.inputs({ sessionId });
    const withdrawn = { sessionId, messageId: "msg_dropped", version: other?.version ?? -1 };
    expect(await sessions.withdrawInput(withdrawn)).toMatchObject({ disposition: "withdrawn" });
    expect(await sessions.prompt({ ...dropped, resume: true })).toMatchObject({ disposition: "withdrawn" });
    expect(await sessions.receipt({ sessionId, id: "msg_dropped" })).toMatchObject({ disposition: "withdrawn" });
    expect(await sessions.receipt({ sessionId, id: "msg_kept" })).toMatchObject({ disposition: "replaced" });
    await sessions.resume({ sessionId });
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(await sessions.prompt(kept)).toMatchObject({ ...retried, disposition: "promoted" });
    const log = await stage.log();
    expect(dataOf(log, "input.admitted")).toHaveLength(2);
    expect(dataOf(log, "input.promoted")).toMatchObject([{ messageId: "msg_kept" }]);
    expect(stage.model.calls).toBe(1);
  });

  it("a change of an input in another version than it is in is a conflict that says which, and changes nothing", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { messageId } = await sessions.prompt({ sessionId, text: "Hi", resume: false });
    const { version } = await onlyInput(stage);
    const seen = { sessionId, messageId, version };
    const { version: found } = await sessions.replaceInput({ ...seen, text: "Hello" });
    const before = await stage.log();
    for (const stale of [sessions.replaceInput({ ...seen, text: "Late" }), sessions.withdrawInput(seen)]) {
      expect(await errorOf(stale)).toMatchObject({ code: "input.version-conflict", data: { version: found } });
    }
    expect(await codeOf(sessions.withdrawInput({ ...seen, messageId: "msg_nobody" }))).toBe("input.not-found");
    expect(await codeOf(sessions.withdrawInput({ ...seen, sessionId: "ses_nobody" }))).toBe("session.not-found");
    const tooLong = "x".repeat(2 * 1024 * 1024);
    expect(await codeOf(sessions.replaceInput({ ...seen, version: found, text: tooLong }))).toBe("argument.invalid");
    expect(await codeOf(sessions.replaceInput({ ...seen, version: found, text: "" }))).toBe("argument.invalid");
    expect(await stage.log()).toEqual(before);
    await sessions.resume({ sessionId });
    await sessions.wait({ sessionId });
    expect(await errorOf(sessions.withdrawInput({ ...seen, version: found }))).toMatchObject({
      code: "input.not-pending",
      data: { disposition: "promoted" },
    });
  });

  it("of changes of one version of an input at the same time, one is made", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { messageId } = await sessions.prompt({ sessionId, text: "Hi", resume: false });
    const { version } = await onlyInput(stage);
    const changes = Array.from({ length: 8 }, (_, index) =>
      codeOf(sessions.replaceInput({ sessionId, messageId, version, text: `change ${index}` })),
    );
    const refused = (await Promise.all(changes)).filter((found) => found === "input.version-conflict");
    expect(refused).toHaveLength(7);
    expect(dataOf(await stage.log(), "input.replaced")).toHaveLength(1);
  });

  it("a session whose only input is withdrawn rests, and an execution that would have taken it up ends", async () => {
    const gate = createGate();
    await using stage = await setStage(subject, { script: [[text("At", { open: true }), wait(gate.opened)]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await sessions.prompt({ sessionId, text: "first" });
    await untilShown(stage, "At");
    const { messageId } = await sessions.prompt({ sessionId, text: "second" });
    const { version } = await onlyInput(stage);
    await sessions.withdrawInput({ sessionId, messageId, version });
    gate.open();
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(await sessions.inputs({ sessionId })).toEqual([]);
    expect(stage.model.calls).toBe(1);
  });

  it("an interruption that clears withdraws all that is pending in one commit, also where nothing runs, and says what", async () => {
    await using stage = await setStage(subject, {
      script: [[text("Half an ans", { open: true }), wait(new Promise<never>(() => {}))]],
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const recorded = await sessions.prompt({ sessionId, text: "Recorded", resume: false });
    expect(await sessions.interrupt({ sessionId, clear: true })).toEqual({
      status: "nothing-running",
      withdrawn: [recorded.messageId],
      pending: [],
    });
    await sessions.prompt({ sessionId, text: "Hi" });
    await untilShown(stage, "Half an ans");
    const queued = await sessions.prompt({ sessionId, text: "Next", delivery: "queue" });
    const steered = await sessions.prompt({ sessionId, text: "And" });
    expect(await sessions.interrupt({ sessionId, clear: true })).toEqual({
      status: "requested",
      withdrawn: [queued.messageId, steered.messageId],
      pending: [],
    });
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
    expect(await sessions.inputs({ sessionId })).toEqual([]);
    const types = (await stage.log()).map(({ type }) => type);
    const at = types.indexOf("interrupt.requested");
    expect(types.slice(at, at + 3)).toEqual(["interrupt.requested", "input.withdrawn", "input.withdrawn"]);
    expect(stage.model.calls).toBe(1);
  });

  it("a pending text of more than 256 KiB is listed whole, as it was admitted and as it was replaced", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const [long, longer] = ["ä".repeat(200_000), "ö".repeat(250_000)];
    const { messageId } = await sessions.prompt({ sessionId, text: long, resume: false });
    const { version, ...admitted } = await onlyInput(stage);
    expect(admitted.text).toBe(long);
    await sessions.replaceInput({ sessionId, messageId, version, text: longer });
    expect((await onlyInput(stage)).text).toBe(longer);
  });
};

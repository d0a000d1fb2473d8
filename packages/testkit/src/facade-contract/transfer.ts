import { defineTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { lastUserText, toolResultsOfTurn } from "../model/conversation.ts";
import { createGate } from "../model/gate.ts";
import { text, toolCall } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, collect, dataOf, eventsOf, setStage } from "./stage.ts";

import type { Holdfast } from "@holdfast/core";
import type { FacadeSubject } from "./facade-subject.ts";
import type { Stage } from "./stage.ts";

type Prompt = Parameters<typeof lastUserText>[0];

const echo = (prompt: Prompt) => [text(`You said: ${lastUserText(prompt)}`)];
const calling = (prompt: Prompt) =>
  toolResultsOfTurn(prompt).length > 0 || lastUserText(prompt) !== "Go" ? echo(prompt) : [toolCall("act", {})];

const linesOf = ({ holdfast, session }: Stage) => collect(holdfast.sessions.export({ sessionId: session.id }));

const messagesOf = async ({ sessions }: Holdfast, sessionId: string) =>
  (await sessions.messages({ sessionId })).messages;

const logOf = async ({ sessions }: Holdfast, sessionId: string) =>
  eventsOf(await collect(sessions.events({ sessionId, until: "sync" })));

/** A stage whose only call goes on until the stage is disposed of, and which has begun it. */
const setBusyStage = async (subject: FacadeSubject): Promise<Stage> => {
  const begun = createGate();
  const mayEnd = createGate();
  const act = defineTool({
    name: "act",
    description: "Acts for long.",
    input: z.object({}),
    output: z.string(),
    execute: async () => {
      begun.open();
      await mayEnd.opened;
      return "done";
    },
  });
  const stage = await setStage(subject, { script: calling, tools: [act] });
  await stage.holdfast.sessions.prompt({ sessionId: stage.session.id, text: "Go" });
  await begun.opened;
  const dispose = async (): Promise<void> => {
    mayEnd.open();
    await stage[Symbol.asyncDispose]();
  };
  return { ...stage, [Symbol.asyncDispose]: dispose };
};

/** Export, import, release and fork. */
export const describeTransfer = (subject: FacadeSubject): void => {
  it("a session that is exported and imported elsewhere is the same there, word for word, and takes nothing until it is released", async () => {
    await using source = await setStage(subject, { script: echo });
    await using target = await setStage(subject, { script: echo });
    const sessionId = source.session.id;
    await source.turn("Hi");
    const lines = await linesOf(source);
    expect(lines.some((line) => line.includes("\n"))).toBe(false);
    const { sessions } = target.holdfast;
    const log = await source.log();
    const imported = await sessions.import({ lines });
    expect(imported).toMatchObject({ sessionId, status: "imported", added: log.length, duplicates: 0 });
    expect(await logOf(target.holdfast, sessionId)).toEqual(log);
    expect(await messagesOf(target.holdfast, sessionId)).toEqual(await messagesOf(source.holdfast, sessionId));
    expect(await sessions.get({ sessionId })).toEqual({ ...source.session, usage: expect.anything(), replica: {} });
    const changes = [
      () => sessions.prompt({ sessionId, text: "More" }),
      () => sessions.resume({ sessionId }),
      () => sessions.interrupt({ sessionId }),
      () => sessions.interrupt({ sessionId, clear: true }),
      () => sessions.replaceInput({ sessionId, messageId: "msg_a", version: 1, text: "Ho" }),
      () => sessions.withdrawInput({ sessionId, messageId: "msg_a", version: 1 }),
      () => sessions.update({ sessionId, title: "Other" }),
      () => sessions.move({ sessionId, location: { directory: target.directory } }),
      () => sessions.delete({ sessionId }),
    ];
    for (const change of changes) expect(await codeOf(change())).toBe("session.replica");
    expect(await sessions.context({ sessionId })).toMatchObject({ cursor: imported.cursor });
    expect(await sessions.recovery({ sessionId })).toEqual({ status: "replica" });
    expect(await sessions.wait({ sessionId })).toEqual({ status: "replica", cursor: imported.cursor });
    const items = await collect(sessions.events({ sessionId, after: imported.cursor, until: "idle" }));
    expect(items.at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest: "replica" } });
    expect(await sessions.release({ sessionId })).toEqual({ status: "released", cursor: imported.cursor });
    expect(await sessions.get({ sessionId })).not.toHaveProperty("replica");
    const { cursor } = await sessions.prompt({ sessionId, text: "More" });
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(dataOf(await logOf(target.holdfast, sessionId), "text.ended").at(-1)?.text).toBe("You said: More");
    expect(await sessions.release({ sessionId })).toMatchObject({ status: "nothing-to-do" });
    expect(await codeOf(sessions.import({ lines }))).toBe("import.not-replica");
  });

  it("an import takes what is new, and of one node alone where one is named; what was changed on the way is refused", async () => {
    await using source = await setStage(subject, { script: echo });
    await using target = await setStage(subject, { script: echo });
    const sessionId = source.session.id;
    const { sessions } = target.holdfast;
    await source.turn("Hi");
    const first = await linesOf(source);
    await source.turn("More");
    const second = await linesOf(source);
    const [before, after] = [first, second].map(
      (lines) => lines.filter((line) => line.includes('"kind":"event"')).length,
    );
    await sessions.import({ lines: first, replayOwner: "a" });
    expect(await sessions.get({ sessionId })).toMatchObject({ replica: { replayOwner: "a" } });
    const skipped = await sessions.import({ lines: second, replayOwner: "b" });
    expect(skipped).toMatchObject({ status: "skipped", added: 0, duplicates: 0 });
    expect(await codeOf(sessions.import({ lines: second, replayOwner: "b", strict: true }))).toBe("import.owner");
    const changed = second.map((line) => line.replace("You said: Hi", "You said: Ho"));
    expect(await codeOf(sessions.import({ lines: changed, replayOwner: "a" }))).toBe("import.malformed");
    expect(await codeOf(sessions.import({ lines: second.slice(0, -1), replayOwner: "a" }))).toBe("import.malformed");
    expect(await sessions.import({ lines: second, replayOwner: "a" })).toMatchObject({
      status: "imported",
      added: (after ?? 0) - (before ?? 0),
      duplicates: before,
    });
    expect(await codeOf(sessions.import({ lines: "one text" as never }))).toBe("argument.invalid");
    expect(await codeOf(collect(sessions.export({ sessionId: "ses_nobody" })))).toBe("session.not-found");
  });

  it("a release ends what was open in the log: a call that had begun is unknown, and the session goes on", async () => {
    await using source = await setBusyStage(subject);
    await using target = await setStage(subject, { script: echo });
    const sessionId = source.session.id;
    expect(await codeOf(source.holdfast.sessions.release({ sessionId }))).toBe("session.busy");
    const { sessions } = target.holdfast;
    await sessions.import({ lines: await linesOf(source) });
    expect(await sessions.recovery({ sessionId })).toEqual({ status: "replica" });
    const { cursor } = await sessions.release({ sessionId });
    expect(await sessions.wait({ sessionId })).toEqual({ status: "interrupted", cursor });
    const log = await logOf(target.holdfast, sessionId);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "stopped", reason: "unknown-outcome" } }]);
    expect(log.at(-1)?.type).toBe("execution.ended");
    const { cursor: prompted } = await sessions.prompt({ sessionId, text: "What happened?" });
    expect(await sessions.wait({ sessionId, after: prompted })).toMatchObject({ status: "completed" });
  });

  it("a fork is a session of its own that begins as its source was at a settled boundary, the last one by default", async () => {
    await using stage = await setStage(subject, { script: echo });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("One");
    const { cursor } = await sessions.wait({ sessionId });
    await stage.turn("Two");
    const latest = await sessions.fork({ sessionId });
    const earlier = await sessions.fork({ sessionId, id: "ses_earlier", at: cursor });
    expect(await messagesOf(stage.holdfast, latest.id)).toEqual(await messagesOf(stage.holdfast, sessionId));
    expect(await messagesOf(stage.holdfast, earlier.id)).toEqual(
      (await messagesOf(stage.holdfast, sessionId)).slice(0, 2),
    );
    const boundary = (await stage.log()).findLast(({ type }) => type === "execution.ended");
    expect(latest.forkedFrom).toEqual({ sessionId, seq: boundary?.seq, hash: boundary?.hash });
    expect(await sessions.get({ sessionId: earlier.id })).toEqual(earlier);
    expect(await sessions.fork({ sessionId, id: "ses_earlier", at: cursor })).toEqual(earlier);
    const { cursor: asked } = await sessions.prompt({ sessionId: earlier.id, text: "Three" });
    expect(await sessions.wait({ sessionId: earlier.id, after: asked })).toMatchObject({ status: "completed" });
    const said = dataOf(await logOf(stage.holdfast, earlier.id), "text.ended").map(({ text: shown }) => shown);
    expect(said).toEqual(["You said: One", "You said: Three"]);
    expect(await messagesOf(stage.holdfast, sessionId)).toHaveLength(4);
    const unsettled = await sessions.prompt({ sessionId, text: "Recorded", resume: false });
    expect(await codeOf(sessions.fork({ sessionId, at: unsettled.cursor }))).toBe("argument.invalid");
    expect(await codeOf(sessions.fork({ sessionId: earlier.id, id: sessionId }))).toBe("argument.invalid");
    expect(await codeOf(sessions.fork({ sessionId: "ses_nobody" }))).toBe("session.not-found");
  });

  it("a session that is busy can be exported and forked, which leaves it as it is", async () => {
    await using stage = await setBusyStage(subject);
    const { sessions } = stage.holdfast;
    const before = await stage.log();
    const lines = await linesOf(stage);
    const fork = await sessions.fork({ sessionId: stage.session.id });
    expect(fork.forkedFrom).toMatchObject({ sessionId: stage.session.id, seq: 0 });
    expect(await messagesOf(stage.holdfast, fork.id)).toEqual([]);
    expect(lines.filter((line) => line.includes('"kind":"event"'))).toHaveLength(before.length);
    expect(await stage.log()).toEqual(before);
  });
};

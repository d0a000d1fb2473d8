import { hash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { askIdentity } from "../src/session/decide/ask-identity.ts";
import { isAsking } from "../src/session/decide/is-asking.ts";
import { mergeWakes, nextWork } from "../src/session/decide/next-work.ts";
import { standingOf } from "../src/session/decide/rest.ts";

import type { AskShown } from "../src/event/ask-events.ts";
import type { CallId } from "../src/ids/id.ts";
import type { AskView } from "../src/session/decide/is-asking.ts";
import type { Wake } from "../src/session/decide/next-work.ts";
import type { InputRow } from "../src/store/rows.ts";

const open = { state: "open", interruptSeq: null, outcome: null, endedSeq: null };
const call = (callId: string, begunSeq: number | null = null) => ({
  callId,
  state: begunSeq === null ? "called" : "begun",
  begunSeq,
});
const ask = (callId: string | null) => ({ callId });

/** One call, which waits; the stream has ended. */
const waiting = {
  execution: open,
  attempt: { state: "finished" },
  calls: [call("cal_a")],
  asks: [ask("cal_a")],
} as unknown as AskView;
const viewOf = (changes: object): AskView => ({ ...waiting, ...changes });

const sha256 = (text: string | Uint8Array) => hash("sha256", text);

describe("isAsking", () => {
  it.each<[string, object, boolean]>([
    ["where its one call waits", {}, true],
    [
      "where all of several calls wait",
      { calls: [call("cal_a"), call("cal_b")], asks: [ask("cal_b"), ask("cal_a")] },
      true,
    ],
    ["where a call waits that had begun", { calls: [call("cal_a", 5)] }, true],
    ["where the execution itself waits", { calls: [], asks: [ask(null)] }, true],
    ["before the first attempt", { attempt: null, calls: [], asks: [ask(null)] }, true],
    ["not while a call does not wait", { calls: [call("cal_a"), call("cal_b")] }, false],
    ["not while the stream goes on", { attempt: { state: "open" } }, false],
    ["not without an ask", { asks: [] }, false],
    ["not where it was interrupted", { execution: { ...open, interruptSeq: 7 } }, false],
    ["not where it has ended", { execution: { ...open, state: "ended" } }, false],
    ["not where nothing ever ran", { execution: null }, false],
  ])("%s", (_case, changes, asks) => {
    expect(isAsking(viewOf(changes))).toBe(asks);
  });
});

const input = { messageId: "msg_1", seq: 9, delivery: "steer", state: "pending", awake: 1 } as unknown as InputRow;
const look = (view: AskView, owner: "alive" | "gone" | "none", wake: Wake) =>
  nextWork(
    { ...view, inputs: [input], replica: null, progressSeq: -1 },
    { owner, wake, takesOver: wake.kind !== "answer" },
  );

describe("a session that asks", () => {
  it.each(["alive", "gone", "none"] as const)("rests as asking, whatever waits in its inbox: owner %s", (owner) => {
    for (const takesOver of [true, false])
      expect(standingOf({ ...waiting, inputs: [input], replica: null }, owner, takesOver)).toEqual({
        resting: true,
        rest: "asking",
      });
  });

  it.each(["prompt", "resume", "policy", "answer"] as const)("is left alone by a wake of kind %s", (kind) => {
    for (const owner of ["gone", "none"] as const) expect(look(waiting, owner, { kind, atSeq: 10 })).toBe("none");
  });

  it("is ended where it was interrupted", () => {
    const interrupted = viewOf({ execution: { ...open, interruptSeq: 8 } });
    expect(look(interrupted, "none", { kind: "interrupt", atSeq: 8 })).toBe("end");
  });
});

describe("a session whose ask was answered", () => {
  const answered = viewOf({ asks: [] });
  const wake: Wake = { kind: "answer", atSeq: 8, answered: ["cal_a" as CallId] };

  it.each(["gone", "none"] as const)("is taken up where its owner is %s", (owner) => {
    expect(look(answered, owner, wake)).toBe("recover");
  });

  it("is taken up although another of its calls still waits", () => {
    const half = viewOf({ calls: [call("cal_a"), call("cal_b")], asks: [ask("cal_b")] });
    expect(look(half, "none", wake)).toBe("recover");
  });

  it.each<[string, object, string]>([
    ["its call got no further", {}, "watch"],
    ["its call, which had begun, got no further", { calls: [call("cal_a", 5)] }, "watch"],
    ["its call has begun since", { calls: [call("cal_a", 9)] }, "none"],
    ["its call is settled", { calls: [] }, "none"],
    ["its call asks again", { asks: [ask("cal_a")], calls: [call("cal_a"), call("cal_b")] }, "none"],
  ])("is watched while its owner lives and %s: %o gives %s", (_case, changes, work) => {
    expect(
      nextWork(
        { ...viewOf({ asks: [], ...changes }), inputs: [], replica: null, progressSeq: -1 },
        { owner: "alive", wake, takesOver: false },
      ),
    ).toBe(work);
  });

  it.each<[string, object, string]>([
    ["nothing has been done since", {}, "watch"],
    [
      "no more than before it was answered",
      { progressSeq: 8, attempt: { state: "finished", seq: 4, endedSeq: 6 } },
      "watch",
    ],
    ["a request was made since", { attempt: { state: "open", seq: 9, endedSeq: null } }, "none"],
    ["what was open of an answer has ended since", { attempt: { state: "cut", seq: 4, endedSeq: 9 } }, "none"],
    ["a call was settled since", { progressSeq: 9 }, "none"],
    ["a call has begun since", { calls: [call("cal_a", 9)] }, "none"],
    ["it asks again", { asks: [{ callId: null, seq: 9 }] }, "none"],
  ])(
    "is watched where the execution itself had asked, while its owner lives and %s: %o gives %s",
    (_case, changes, work) => {
      const view = { ...viewOf({ asks: [], calls: [], ...changes }), inputs: [], replica: null };
      for (const kind of ["answer", "resume"] as const)
        expect(
          nextWork(
            { progressSeq: -1, ...view },
            { owner: "alive", wake: { kind, atSeq: 8, answered: [null] }, takesOver: false },
          ),
        ).toBe(work);
    },
  );

  it("does not keep a prompt from being watched that came together with the answer", () => {
    const merged = mergeWakes({ kind: "prompt", atSeq: 10 }, { kind: "answer", atSeq: 12, answered: [] });
    const view = { ...viewOf({ asks: [], calls: [] }), inputs: [input], replica: null, progressSeq: -1 };
    expect(nextWork(view, { owner: "alive", wake: merged, takesOver: true })).toBe("watch");
    const interrupted = { ...viewOf({ execution: { ...open, interruptSeq: 8 } }), inputs: [], replica: null };
    const both = mergeWakes({ kind: "interrupt", atSeq: 8 }, { kind: "resume", atSeq: 9 });
    expect(nextWork({ ...interrupted, progressSeq: -1 }, { owner: "alive", wake: both, takesOver: true })).toBe(
      "watch",
    );
  });

  it("keeps what was answered when wakes come together, and goes on with all of it", () => {
    const prompt: Wake = { kind: "prompt", atSeq: 12 };
    expect(mergeWakes(wake, prompt)).toEqual({ ...wake, atSeq: 12 });
    expect(mergeWakes(prompt, wake)).toEqual({ ...wake, atSeq: 12 });
    const other: Wake = { kind: "answer", atSeq: 9, answered: ["cal_b" as CallId, "cal_a" as CallId] };
    expect(mergeWakes(wake, other)).toEqual({ kind: "answer", atSeq: 9, answered: ["cal_a", "cal_b"] });
    expect(mergeWakes({ kind: "resume", atSeq: 1 }, wake)).toEqual({ ...wake, kind: "resume" });
  });
});

describe("askIdentity", () => {
  const shown: AskShown = {
    kind: "permission",
    tool: "t",
    action: "write",
    resources: ["/a"],
    always: ["/a"],
    preview: 1,
  };
  const subject = { callId: "cal_a" as CallId, input: "{}", shown };

  it("is the same for the same call, input and content, however its object was made", () => {
    const { preview, ...rest } = shown;
    expect(askIdentity({ ...subject, shown: { preview, ...rest } as AskShown }, sha256)).toBe(
      askIdentity(subject, sha256),
    );
    expect(askIdentity(subject, sha256)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, object]>([
    ["call", { callId: "cal_b" }],
    ["missing call", { callId: undefined }],
    ["input", { input: "{ }" }],
    ["resource", { shown: { ...shown, resources: ["/b"] } }],
    ["action", { shown: { ...shown, action: "read" } }],
    ["preview", { shown: { ...shown, preview: 2 } }],
    ["offer of always", { shown: { ...shown, always: [] } }],
  ])("is another one for another %s", (_what, changes) => {
    expect(askIdentity({ ...subject, ...changes }, sha256)).not.toBe(askIdentity(subject, sha256));
  });
});

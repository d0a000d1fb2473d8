import { HoldfastError } from "@holdfast/core";
import { argumentSchemas } from "@holdfast/core/arguments";
import { forkEvents, takeClaim } from "@holdfast/core/session";
import { exportLines, importLines, readLog } from "@holdfast/core/store";
import { noUsage } from "@holdfast/core/event";

import { sha256 } from "../sha256.ts";
import { stopped } from "./call-stopped.ts";
import { seqOfCursor } from "./fake-reader.ts";
import { toSessionInfo } from "./fake-session-info.ts";

import type { SessionId, Sessions } from "@holdfast/core";
import type { EventDraft, SealedEnvelope } from "@holdfast/core/event";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { FakeKernel } from "./fake-kernel.ts";

type Transfer = Pick<Sessions, "export" | "import" | "release" | "fork">;

/** Sessions that leave, come and are copied. */
export const fakeTransfer = (kernel: FakeKernel): Transfer => {
  const { store } = kernel;
  return {
    export: (query) => ({
      async *[Symbol.asyncIterator]() {
        const { sessionId } = kernel.check(argumentSchemas.session, query, "export");
        await kernel.snapshot(sessionId);
        yield* exportLines(store, sessionId, sha256);
      },
    }),
    import: async ({ lines, ...rest }) => {
      const { replayOwner, strict } = kernel.check(argumentSchemas.import, rest, "import");
      if (typeof lines === "string")
        throw new HoldfastError("argument.invalid", { message: "Expected lines, found one text." });
      const owner = replayOwner === undefined ? {} : { replayOwner };
      const imported = await importLines(store, lines, { hash: sha256, strict, ...owner });
      const { sessionId, status, added, duplicates, head } = imported;
      if (head === null) throw await kernel.noSession(sessionId);
      return { sessionId, status, added, duplicates, cursor: kernel.cursor(sessionId, head) };
    },
    release: async (query) => {
      const { sessionId } = kernel.check(argumentSchemas.session, query, "release");
      const snapshot = await kernel.snapshot(sessionId);
      const isOpen = snapshot.execution?.state === "open";
      if (snapshot.replica === null) {
        if (isOpen) throw new HoldfastError("session.busy", { message: `Session ${sessionId} is at work here.` });
        return { status: "nothing-to-do", cursor: kernel.cursor(sessionId, snapshot.head) };
      }
      const plan = { sessionId, expectedSeq: snapshot.head.seq, release: true } as const;
      if (!isOpen) {
        const { head } = await kernel.commit({ ...plan, events: [] });
        return { status: "released", cursor: kernel.cursor(sessionId, head) };
      }
      const ownerId = kernel.ids.next("own");
      await store.renew({
        ownerId,
        runtime: "fake",
        host: "fake",
        boot: null,
        pidNamespace: null,
        pid: 1,
        startTime: null,
      });
      const claim = takeClaim(snapshot, ownerId, false);
      const { head } = await kernel.commit({ ...plan, events: endingOf(kernel, snapshot), claim });
      const fence = { owner: ownerId, fence: claim.fence };
      await kernel.commit({ sessionId, events: [], fence, claim: { action: "release" } });
      return { status: "released", cursor: kernel.cursor(sessionId, head) };
    },
    fork: async (options) => {
      const { sessionId: sourceId, id, at } = kernel.check(argumentSchemas.fork, options, "fork");
      await kernel.snapshot(sourceId);
      const seq = at === undefined ? undefined : await seqOfCursor(kernel, sourceId, at);
      const sessionId = id ?? kernel.ids.next("ses");
      const known = id === undefined ? null : await store.session(id);
      if (known !== null) {
        const info = await toSessionInfo(kernel, known);
        const isSame = info.forkedFrom?.sessionId === sourceId && (seq === undefined || info.forkedFrom.seq === seq);
        if (isSame) return info;
        throw new HoldfastError("argument.invalid", { message: `${id} is another session.` });
      }
      const target = { sessionId, time: kernel.clock.now(), nextId: () => kernel.ids.next("evt"), hash: sha256 };
      const source = await wholeLog(kernel, sourceId);
      const events = forkEvents(source, { ...target, ...(seq === undefined ? {} : { seq }) });
      await store.import({ sessionId, events, as: "native" });
      return toSessionInfo(kernel, (await kernel.snapshot(sessionId)).session);
    },
  };
};

const wholeLog = async ({ store }: FakeKernel, sessionId: SessionId): Promise<readonly SealedEnvelope[]> => {
  const events: SealedEnvelope[] = [];
  for await (const event of readLog(store, sessionId, -1)) events.push(event);
  return events;
};

/** What settles and ends all that is open. */
const endingOf = (
  kernel: FakeKernel,
  { execution, attempt, step, calls, asks }: SessionSnapshot,
): readonly EventDraft[] => {
  const failure = { class: "aborted", message: "The session was released." } as const;
  const cut = { status: "cut", failure, usage: noUsage, cost: 0 } as const;
  return [
    ...(attempt?.state === "open"
      ? [kernel.draft("attempt.ended", { stepId: attempt.stepId, attempt: attempt.attempt, ...cut })]
      : []),
    ...asks.map(({ askId }) => kernel.draft("ask.expired", { askId, reason: "interrupted" })),
    ...calls.map(({ callId, state }) =>
      kernel.draft("tool.settled", {
        callId,
        outcome: stopped(state === "begun" ? "unknown-outcome" : "cancelled", "The session was released."),
      }),
    ),
    ...(step?.state === "open" ? [kernel.draft("step.failed", { stepId: step.stepId, failure })] : []),
    ...(execution?.state === "open"
      ? [kernel.draft("execution.ended", { executionId: execution.executionId, outcome: "interrupted" })]
      : []),
  ];
};

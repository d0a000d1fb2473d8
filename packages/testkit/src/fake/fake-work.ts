import { HoldfastError } from "@holdfast/core";
import { argumentSchemas } from "@holdfast/core/arguments";
import { isAsking, planPromotions } from "@holdfast/core/session";

import { toAskInfo } from "./fake-ask-info.ts";
import { toRequest } from "./fake-prompt.ts";
import { restOf } from "./fake-reader.ts";

import type { ContextMessage, ModelRef, Sessions } from "@holdfast/core";
import type { FakeKernel } from "./fake-kernel.ts";

type Work = Pick<Sessions, "interrupt" | "resume" | "recovery" | "active" | "context">;

/** What is done about work, and what is seen of it. */
export const fakeWork = (kernel: FakeKernel): Work => ({
  interrupt: async (given) => {
    const { sessionId, reason, clear } = kernel.check(argumentSchemas.interrupt, given, "interrupt");
    for (;;) {
      const { execution, inputs, head } = await kernel.own(sessionId);
      const isOpen = execution?.state === "open";
      const why = reason === undefined ? {} : { reason };
      const events = [
        ...(isOpen && execution.interruptSeq === null
          ? [kernel.draft("interrupt.requested", { executionId: execution.executionId, ...why })]
          : []),
        ...(clear ? inputs : []).map(({ messageId, version }) =>
          kernel.draft("input.withdrawn", { messageId, withdraws: version }),
        ),
      ];
      try {
        if (events.length > 0) await kernel.commit({ sessionId, events, expectedSeq: head.seq });
      } catch (error) {
        if (!HoldfastError.isInstance(error, "store.sequence-conflict")) throw error;
        continue;
      }
      if (isOpen) kernel.lane(sessionId).interrupt();
      const messageIds = inputs.map(({ messageId }) => messageId);
      return {
        status: isOpen ? "requested" : "nothing-running",
        withdrawn: clear ? messageIds : [],
        pending: clear ? [] : messageIds,
      };
    }
  },
  resume: async (query) => {
    const { sessionId } = kernel.check(argumentSchemas.session, query, "resume");
    const snapshot = await kernel.own(sessionId);
    const isOpen = snapshot.execution?.state === "open";
    if (isAsking(snapshot) || (!isOpen && snapshot.inputs.length === 0)) return { status: "nothing-to-do" };
    kernel.wake(sessionId, { kind: "resume", atSeq: snapshot.head.seq });
    return { status: isOpen ? "joined" : "started" };
  },
  recovery: async (query) => {
    const { sessionId } = kernel.check(argumentSchemas.session, query, "recovery");
    const { session, asks, replica } = await kernel.snapshot(sessionId);
    if (replica !== null) return { status: "replica" };
    if ((await restOf(kernel, sessionId)) !== "asking") return { status: "none" };
    return { status: "asking", asks: await Promise.all(asks.map((ask) => toAskInfo(kernel, session, ask))) };
  },
  active: async () => {
    kernel.disposal.throwIfAborted();
    return kernel.active().flatMap(({ sessionId, current }) => {
      if (current === undefined) return [];
      const { executionId, sinceTime, step } = current;
      return [{ sessionId, executionId, sinceTime, step }];
    });
  },
  context: async (query) => {
    const { sessionId } = kernel.check(argumentSchemas.session, query, "context");
    const { session, inputs, execution, head } = await kernel.snapshot(sessionId);
    const history = await kernel.history(sessionId);
    const isOpen = execution?.state === "open";
    const { promoted, choice } = planPromotions({
      history,
      inputs,
      opening: !isOpen,
      cutoffSeq: head.seq,
      startedSeq: isOpen ? execution.seq : head.seq,
      indexBefore: 0,
    });
    const request = toRequest([...history.messages, ...promoted], kernel.options.tools ?? []);
    const own = session.model === null ? undefined : (JSON.parse(session.model) as ModelRef);
    return {
      cursor: kernel.cursor(sessionId, head),
      agent: choice.agent ?? session.agent,
      model: choice.model ?? own ?? { id: "default" },
      messages: request.prompt as unknown as readonly ContextMessage[],
      tools: request.tools.map((tool) => ({ ...tool, inputSchema: { type: "object" } })),
      callable: true,
      requestHash: request.hash,
    };
  },
});

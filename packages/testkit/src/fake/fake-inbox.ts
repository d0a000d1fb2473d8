import { HoldfastError } from "@holdfast/core";
import { argumentSchemas } from "@holdfast/core/arguments";
import { utf8Bytes } from "@holdfast/core/event";
import { admitInput, replaceInput } from "@holdfast/core/session";

import { sha256 } from "../sha256.ts";

import type { InputChange, InputDisposition, MessageId, Receipt, SessionId, Sessions } from "@holdfast/core";
import type { AdmissionRow, CommitPlan, InputRow } from "@holdfast/core/store";
import type { FakeKernel } from "./fake-kernel.ts";

type Inbox = Pick<Sessions, "prompt" | "compact" | "receipt" | "inputs" | "replaceInput" | "withdrawInput">;

const inboxLimit = 1_000;
const mostBytes = 1024 * 1024;

interface Seen {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  readonly version: number;
}

/** Inputs: admitted, looked at, changed. */
export const fakeInbox = (kernel: FakeKernel): Inbox => {
  const { store } = kernel;
  const environment = () => ({ eventId: kernel.ids.next("evt"), time: kernel.clock.now(), hash: sha256 });
  const behind = async (sessionId: SessionId): Promise<Pick<Receipt, "behind">> => {
    const open = await store.asks({ sessionId, state: "open", limit: 200 });
    return open.length === 0 ? {} : { behind: open.map(({ askId }) => askId) };
  };
  const replayed = async (admission: AdmissionRow): Promise<Receipt> => {
    const { sessionId, messageId } = admission;
    const disposition = admission.disposition ?? dispositionOf(await store.input({ sessionId, messageId }));
    return {
      sessionId,
      messageId,
      cursor: kernel.cursor(sessionId, admission),
      replayed: true,
      disposition,
      ...(disposition === "pending" ? await behind(sessionId) : {}),
    };
  };
  const change = async (seen: Seen, disposition: InputChange["disposition"], plan: (row: InputRow) => CommitPlan) => {
    const { sessionId, messageId } = seen;
    for (;;) {
      await kernel.own(sessionId);
      const row = await store.input({ sessionId, messageId });
      assertPending(seen, row);
      try {
        const { head } = await kernel.commit(plan(row));
        return { sessionId, messageId, version: head.seq, cursor: kernel.cursor(sessionId, head), disposition };
      } catch (error) {
        if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
      }
    }
  };
  return {
    prompt: async (given) => {
      const prompt = kernel.check(argumentSchemas.prompt, given, "prompt");
      const { sessionId, id, idempotencyKey, dismissAsks, resume } = prompt;
      assertSize(prompt.text);
      kernel.assertModel(prompt.model);
      const messageId = id ?? kernel.ids.next("msg");
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      const input = { sessionId, messageId, resume, ...key, ...contentOf(prompt, prompt.delivery) };
      const plan = admitInput(input, { ...environment(), inboxLimit });
      const asks = dismissAsks ? (await kernel.snapshot(sessionId)).asks : [];
      const dismissed = asks.map(({ askId }) => kernel.draft("ask.expired", { askId, reason: "dismissed" }));
      const result = await kernel.commit({ ...plan, events: [...dismissed, ...plan.events] });
      const admitted = result.status === "committed" ? result.events.at(-1) : undefined;
      const receipt: Receipt =
        admitted === undefined
          ? await replayed((result as { readonly admission: AdmissionRow }).admission)
          : {
              sessionId,
              messageId,
              cursor: kernel.cursor(sessionId, admitted),
              replayed: false,
              disposition: "pending",
              ...(await behind(sessionId)),
            };
      const waits = receipt.disposition === "pending" || receipt.disposition === "replaced";
      if (resume && waits) kernel.wake(sessionId, { kind: "prompt", atSeq: result.head.seq });
      return receipt;
    },
    compact: async (given) => {
      const { sessionId } = kernel.check(argumentSchemas.compact, given, "compact");
      await kernel.snapshot(sessionId);
      throw new HoldfastError("argument.invalid", {
        message: "A fake compacts nothing: its script answers whatever it is asked. Use a runtime where that matters.",
        data: { method: "sessions.compact" },
      });
    },
    receipt: async (query) => {
      const { sessionId, id, idempotencyKey } = kernel.check(argumentSchemas.receipt, query, "receipt");
      await kernel.snapshot(sessionId);
      const identity = id === undefined ? { sessionId, idempotencyKey: idempotencyKey ?? "" } : { messageId: id };
      const admission = await store.admission(identity);
      return admission?.sessionId === sessionId ? replayed(admission) : null;
    },
    inputs: async (query) => {
      const { sessionId } = kernel.check(argumentSchemas.session, query, "inputs");
      const { inputs } = await kernel.snapshot(sessionId);
      return Promise.all(
        inputs.map(async ({ messageId, kind, seq, valueSeq, delivery, awake, version }) => {
          const value = await kernel.event(sessionId, valueSeq);
          const admitted = await kernel.event(sessionId, seq);
          const text =
            value !== undefined && "text" in value.data && typeof value.data.text === "string" ? value.data.text : "";
          return { messageId, kind, text, delivery, awake: awake === 1, admittedTime: admitted?.time ?? 0, version };
        }),
      );
    },
    replaceInput: async (given) => {
      const replacement = kernel.check(argumentSchemas.replaceInput, given, "replaceInput");
      assertSize(replacement.text);
      kernel.assertModel(replacement.model);
      const { sessionId, messageId, version, delivery } = replacement;
      return change(replacement, "replaced", (row) => {
        const content = contentOf(replacement, delivery ?? row.delivery);
        return replaceInput({ sessionId, messageId, version, ...content }, environment());
      });
    },
    withdrawInput: async (given) => {
      const seen = kernel.check(argumentSchemas.withdrawInput, given, "withdrawInput");
      const { sessionId, messageId, version: withdraws } = seen;
      return change(seen, "withdrawn", () => ({
        sessionId,
        events: [kernel.draft("input.withdrawn", { messageId, withdraws })],
      }));
    },
  };
};

type Content = Omit<Parameters<typeof replaceInput>[0], "sessionId" | "messageId" | "version">;

const contentOf = (
  { text, files, metadata, agent, model }: { readonly [TName in keyof Content]?: Content[TName] | undefined },
  delivery: Content["delivery"],
): Content => ({
  text: text ?? "",
  delivery,
  ...(files === undefined ? {} : { files }),
  ...(metadata === undefined ? {} : { metadata }),
  ...(agent === undefined ? {} : { agent }),
  ...(model === undefined ? {} : { model }),
});

const dispositionOf = (row: InputRow | null): InputDisposition => {
  if (row === null) return "promoted";
  return row.state === "pending" && row.valueSeq !== row.seq ? "replaced" : row.state;
};

const assertSize = (text: string): void => {
  if (utf8Bytes(text) <= mostBytes) return;
  throw new HoldfastError("argument.invalid", { message: `Expected a text of at most ${mostBytes} bytes.` });
};

function assertPending({ messageId, version }: Seen, row: InputRow | null): asserts row is InputRow {
  if (row === null) throw new HoldfastError("input.not-found", { message: `There is no input ${messageId}.` });
  if (row.state !== "pending") {
    throw new HoldfastError("input.not-pending", {
      message: `Expected input ${messageId} to be pending, found it ${row.state}.`,
      data: { messageId, disposition: row.state },
    });
  }
  if (row.version === version) return;
  throw new HoldfastError("input.version-conflict", {
    message: `Expected version ${version} of input ${messageId}, found ${row.version}.`,
    data: { messageId, expected: version, version: row.version },
  });
}

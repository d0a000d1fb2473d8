import { applyContext, contextOfRows, noContext } from "../context/context-state.ts";
import { updateOf } from "../context/told-text.ts";
import { addUsage, noUsage } from "../event/add-usage.ts";
import { CompactionTrack } from "./compaction-track.ts";
import { inlineFile, inlineText } from "./inline-text.ts";

import type { ContextState } from "../context/context-state.ts";
import type { DurableEvent, EventDataOf, EventType } from "../event/catalogue.ts";
import type { CallId, MessageId, StepId } from "../ids/id.ts";
import type { Floor } from "../store/floor.ts";
import type { AssistantMessage, BlockPart, CallPart, Message, UserMessage } from "./message.ts";

type Step = Pick<AssistantMessage, "stepId" | "agent" | "model">;
/** A retry that was scheduled, and when it is due, in epoch milliseconds. */
export type ScheduledRetry = Readonly<EventDataOf<"retry.scheduled">> & { readonly dueTime: number };

type Appliers = { readonly [T in EventType]?: (event: DurableEvent<T>) => void };

/**
 * The messages of a session, folded from its events in order. The one builder of messages: the page that a reader gets, and the
 * history that a model is shown, are both made by it. Texts must be inline: see `inlineBlobs`.
 */
export class History {
  readonly #admitted = new Map<MessageId, Omit<UserMessage, "seq">>();
  readonly #steps = new Map<StepId, Step>();
  readonly #calls = new Map<CallId, { readonly messageId: MessageId; readonly index: number }>();
  readonly #order: MessageId[] = [];
  readonly #messages = new Map<MessageId, Message>();
  /** The session's compactions: every message stays, whatever summary stands for it. */
  readonly compactions = new CompactionTrack();
  #retry: ScheduledRetry | undefined;
  #context: ContextState = noContext;
  #placeSeq = -1;

  /** Every message so far, oldest first. */
  get messages(): readonly Message[] {
    return this.#order.flatMap((messageId) => this.#messages.get(messageId) ?? []);
  }

  /** The latest retry that was scheduled, whatever became of it since. */
  get retry(): ScheduledRetry | undefined {
    return this.#retry;
  }

  /** From where on what was called says something of the session's Location: before, it was at another, or it was long ago. */
  get placeSeq(): number {
    return this.#placeSeq;
  }

  /** What the model knows of the system context. */
  get context(): ContextState {
    return this.#context;
  }

  /** How many messages there are. */
  get size(): number {
    return this.#order.length;
  }

  /** The message at a position, from 0. */
  at(index: number): Message | undefined {
    const messageId = this.#order[index];
    return messageId === undefined ? undefined : this.#messages.get(messageId);
  }

  /** An input that was admitted and is not promoted yet, as the message that it would become at `seq`. */
  pending(messageId: MessageId, seq: number): UserMessage | undefined {
    const admitted = this.#admitted.get(messageId);
    return admitted === undefined ? undefined : { ...admitted, seq };
  }

  /** Takes a message that was settled before the events that follow: a frozen one. */
  restore(message: Message): void {
    this.#add(message);
  }

  /** Takes what a floor says of the system context. Calls below it were looked at long ago. */
  restoreContext({ seq, rows }: Pick<Floor, "seq" | "rows">): void {
    this.#context = contextOfRows(rows.context, seq);
    this.#placeSeq = seq;
  }

  /** Takes the next event of the log; events that say nothing of messages change nothing. */
  apply(event: DurableEvent): void {
    const applier = this.#appliers[event.type] as ((event: DurableEvent) => void) | undefined;
    applier?.(event);
    this.#context = applyContext(this.#context, event);
  }

  readonly #appliers: Appliers = {
    "input.admitted": ({ data }) => {
      if (data.kind === "compaction") this.compactions.request(data.messageId, inlineText(data.text));
      else this.#admitted.set(data.messageId, toMessage(data));
    },
    "input.replaced": ({ data }) => void this.#admitted.set(data.messageId, toMessage(data)),
    "input.withdrawn": ({ data }) => void this.#admitted.delete(data.messageId),
    "input.promoted": ({ seq, data }) => {
      const admitted = this.#admitted.get(data.messageId);
      if (admitted === undefined) return;
      this.#admitted.delete(data.messageId);
      this.#add({ ...admitted, seq });
    },
    "session.moved": ({ seq }) => void (this.#placeSeq = seq),
    "context.admitted": ({ seq, data }) => {
      const { messageId } = data;
      if (messageId !== undefined) this.#add({ role: "system", messageId, seq, text: updateOf(data) });
    },
    "step.started": ({ data }) => {
      this.#steps.set(data.stepId, { stepId: data.stepId, agent: data.agent, model: data.model });
    },
    "attempt.started": ({ seq, data }) => {
      const step = this.#steps.get(data.stepId);
      if (step === undefined) return;
      this.#endWait(data.stepId);
      const known = this.#messages.get(data.messageId);
      if (known?.role === "assistant") {
        const { failure: _failure, finish: _finish, ...rest } = known;
        this.#messages.set(data.messageId, { ...rest, status: "open" });
      } else {
        const synthetic = data.synthetic === undefined ? {} : { synthetic: data.synthetic };
        this.#add({
          role: "assistant",
          messageId: data.messageId,
          seq,
          ...step,
          ...synthetic,
          content: [],
          status: "open",
        });
      }
    },
    "attempt.ended": ({ data }) => {
      const message = this.#lastMessageOf(data.stepId);
      if (message?.status !== "open") return;
      this.#messages.set(message.messageId, {
        ...message,
        status: data.status,
        usage: addUsage(message.usage ?? noUsage, data.usage),
        cost: (message.cost ?? 0) + data.cost,
        ...(data.finish === undefined ? {} : { finish: data.finish }),
        ...(data.failure === undefined ? {} : { failure: data.failure }),
      });
    },
    "retry.scheduled": ({ time, data }) => {
      this.#retry = { ...data, dueTime: time + data.delayMs };
      const message = this.#lastMessageOf(data.stepId);
      if (message !== undefined) this.#messages.set(message.messageId, { ...message, retryTime: this.#retry.dueTime });
    },
    "step.failed": ({ data }) => this.#endWait(data.stepId),
    "text.ended": (event) => this.#addBlock(event, "text"),
    "reasoning.ended": (event) => this.#addBlock(event, "reasoning"),
    "tool.called": ({ data }) => {
      const { callId, position, providerCallId, name, providerExecuted, providerMetadata } = data;
      const index = this.#addPart(data.messageId, {
        type: "call",
        position,
        callId,
        providerCallId,
        name,
        input: inlineText(data.input),
        state: "called",
        ...(providerExecuted === undefined ? {} : { providerExecuted }),
        ...(providerMetadata === undefined ? {} : { providerMetadata }),
      });
      this.#calls.set(callId, { messageId: data.messageId, index });
    },
    "compaction.started": (event) => this.compactions.start(event),
    "compaction.ended": (event) => this.compactions.end(event),
    "compaction.failed": (event) => this.compactions.fail(event),
    "tool.begun": ({ data: { callId, input } }) =>
      this.#changeCall(callId, { state: "begun", ...(input === undefined ? {} : { changedInput: inlineText(input) }) }),
    "tool.settled": ({ data: { callId, outcome, media, hosted } }) => {
      this.#changeCall(callId, {
        state: "settled",
        outcome,
        ...(media === undefined ? {} : { media: media.map(inlineFile) }),
        ...(hosted === undefined ? {} : { hosted: { ...hosted, result: inlineText(hosted.result) } }),
      });
    },
  };

  #add(message: Message): void {
    this.#order.push(message.messageId);
    this.#messages.set(message.messageId, message);
  }

  #lastMessageOf(stepId: StepId): AssistantMessage | undefined {
    for (let index = this.#order.length - 1; index >= 0; index--) {
      const message = this.at(index);
      if (message?.role === "assistant" && message.stepId === stepId) return message;
    }
    return undefined;
  }

  /** The wait for a retry is over: it is made, or the step ended before. */
  #endWait(stepId: StepId): void {
    if (this.#retry?.stepId !== stepId) return;
    const message = this.#lastMessageOf(stepId);
    if (message?.retryTime === undefined) return;
    const { retryTime: _over, ...rest } = message;
    this.#messages.set(message.messageId, rest);
  }

  #addBlock({ data }: DurableEvent<"text.ended" | "reasoning.ended">, type: BlockPart["type"]): void {
    const { cut, position, providerMetadata } = data;
    this.#addPart(data.messageId, {
      type,
      position,
      text: inlineText(data.text),
      ...(cut === undefined ? {} : { cut }),
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    });
  }

  #addPart(messageId: MessageId, part: BlockPart | CallPart): number {
    const message = this.#messages.get(messageId);
    if (message?.role !== "assistant") return -1;
    const content = [...message.content, part];
    this.#messages.set(messageId, { ...message, content });
    return content.length - 1;
  }

  #changeCall(callId: CallId, change: Pick<CallPart, "state" | "changedInput" | "outcome" | "media" | "hosted">): void {
    const place = this.#calls.get(callId);
    const message = place === undefined ? undefined : this.#messages.get(place.messageId);
    const part = message?.role === "assistant" ? message.content[place?.index ?? -1] : undefined;
    if (message?.role !== "assistant" || part?.type !== "call") return;
    const content = message.content.map((other) => (other === part ? { ...part, ...change } : other));
    this.#messages.set(message.messageId, { ...message, content });
  }
}

/** What was admitted as the message that it becomes once it is promoted. */
const toMessage = (data: EventDataOf<"input.admitted" | "input.replaced">): Omit<UserMessage, "seq"> => {
  const { messageId, text, delivery, files, metadata, agent, model } = data;
  return {
    role: "user",
    messageId,
    text: inlineText(text),
    delivery,
    ...(files === undefined ? {} : { files: files.map(inlineFile) }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
  };
};

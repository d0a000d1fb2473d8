import type { TextValue } from "../event/blob-ref.ts";
import type { DurableEvent, EventType } from "../event/catalogue.ts";
import type { CallId, MessageId, StepId } from "../ids/id.ts";
import type { AssistantMessage, BlockPart, CallPart, Message, UserMessage } from "./message.ts";

type Step = Pick<AssistantMessage, "stepId" | "agent" | "model">;
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

  /** Every message so far, oldest first. */
  get messages(): readonly Message[] {
    return this.#order.flatMap((messageId) => this.#messages.get(messageId) ?? []);
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

  /** Takes the next event of the log; events that say nothing of messages change nothing. */
  apply(event: DurableEvent): void {
    const applier = this.#appliers[event.type] as ((event: DurableEvent) => void) | undefined;
    applier?.(event);
  }

  readonly #appliers: Appliers = {
    "input.admitted": ({ data }) => {
      this.#admitted.set(data.messageId, {
        role: "user",
        messageId: data.messageId,
        text: inline(data.text),
        delivery: data.delivery,
        ...(data.files === undefined
          ? {}
          : { files: data.files.map((file) => ({ ...file, data: inline(file.data) }) as never) }),
        ...(data.metadata === undefined ? {} : { metadata: data.metadata }),
      });
    },
    "input.promoted": ({ seq, data }) => {
      const admitted = this.#admitted.get(data.messageId);
      if (admitted === undefined) return;
      this.#admitted.delete(data.messageId);
      this.#add({ ...admitted, seq });
    },
    "step.started": ({ data }) => {
      this.#steps.set(data.stepId, { stepId: data.stepId, agent: data.agent, model: data.model });
    },
    "attempt.started": ({ seq, data }) => {
      const step = this.#steps.get(data.stepId);
      if (step === undefined) return;
      const known = this.#messages.get(data.messageId);
      if (known?.role === "assistant") this.#messages.set(data.messageId, { ...known, status: "open" });
      else {
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
      const message = this.#openMessageOf(data.stepId);
      if (message === undefined) return;
      this.#messages.set(message.messageId, {
        ...message,
        status: data.status,
        ...(data.finish === undefined ? {} : { finish: data.finish }),
        ...(data.failure === undefined ? {} : { failure: data.failure }),
      });
    },
    "text.ended": (event) => this.#addBlock(event, "text"),
    "reasoning.ended": (event) => this.#addBlock(event, "reasoning"),
    "tool.called": ({ data }) => {
      const { callId, position, providerCallId, name, providerMetadata } = data;
      const index = this.#addPart(data.messageId, {
        type: "call",
        position,
        callId,
        providerCallId,
        name,
        input: inline(data.input),
        state: "called",
        ...(providerMetadata === undefined ? {} : { providerMetadata }),
      });
      this.#calls.set(callId, { messageId: data.messageId, index });
    },
    "tool.begun": ({ data }) => this.#changeCall(data.callId, { state: "begun" }),
    "tool.settled": ({ data }) => this.#changeCall(data.callId, { state: "settled", outcome: data.outcome }),
  };

  #add(message: Message): void {
    this.#order.push(message.messageId);
    this.#messages.set(message.messageId, message);
  }

  #openMessageOf(stepId: StepId): AssistantMessage | undefined {
    for (let index = this.#order.length - 1; index >= 0; index--) {
      const message = this.at(index);
      if (message?.role === "assistant" && message.stepId === stepId && message.status === "open") return message;
    }
    return undefined;
  }

  #addBlock({ data }: DurableEvent<"text.ended" | "reasoning.ended">, type: BlockPart["type"]): void {
    const { cut, position, providerMetadata } = data;
    this.#addPart(data.messageId, {
      type,
      position,
      text: inline(data.text),
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

  #changeCall(callId: CallId, change: Pick<CallPart, "state"> & Partial<Pick<CallPart, "outcome">>): void {
    const place = this.#calls.get(callId);
    const message = place === undefined ? undefined : this.#messages.get(place.messageId);
    const part = message?.role === "assistant" ? message.content[place?.index ?? -1] : undefined;
    if (message?.role !== "assistant" || part?.type !== "call") return;
    const content = message.content.map((other) => (other === part ? { ...part, ...change } : other));
    this.#messages.set(message.messageId, { ...message, content });
  }
}

const inline = (value: TextValue): string => {
  if (typeof value === "string") return value;
  throw new TypeError(`expected an inline text, found blob ${value.$blob}: fetch an event's blobs before folding it`);
};

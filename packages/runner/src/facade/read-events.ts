import { toCursor } from "@holdfast/core";
import { maxEventsPerPage } from "@holdfast/core/store";

import { sessionNotFound } from "./arguments.ts";
import { seqOfCursor } from "./cursor-at.ts";
import { readEvent } from "./read-messages.ts";
import { ReaderQueue } from "./reader-queue.ts";
import { standing } from "./standing.ts";

import type { Cursor, EventItem, LiveEvent } from "@holdfast/core";
import type { DurableEvent, SealedEnvelope } from "@holdfast/core/event";
import type { SessionSnapshot } from "@holdfast/core/store";
import type * as z from "zod";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/** What `events` was asked for, checked. The signal also ends with the runtime. */
export type EventsArguments = z.output<typeof argumentSchemas.events> & { readonly signal: AbortSignal };

/** How often a reader that waits for rest looks whether the owner lives, in milliseconds. */
const lookAgainMs = 1_000;

/** One reader of one session's log: replay, then tail, with the live overlay of this process between the events. */
export class EventReader {
  readonly #kernel: Kernel;
  readonly #coordinator: Coordinator;
  readonly #query: EventsArguments;
  readonly #queue = new ReaderQueue();
  readonly #closedBlocks = new Set<string>();
  #seq = -1;
  #cursor: Cursor | undefined;

  constructor(kernel: Kernel, coordinator: Coordinator, query: EventsArguments) {
    this.#kernel = kernel;
    this.#coordinator = coordinator;
    this.#query = query;
  }

  async *read(): AsyncGenerator<EventItem, void, undefined> {
    const { sessionId, after, until, live, signal } = this.#query;
    const { store } = this.#kernel.services;
    using resources = new DisposableStack();
    // Registered before the first read, so that a commit which lands in the middle of it is not missed.
    resources.use(store.watch(sessionId, this.#queue.offer));
    if (live) resources.use(this.#kernel.live.listen(sessionId, this.#queue.offerLive));
    const nudge = (): void => this.#queue.nudge();
    signal.addEventListener("abort", nudge);
    resources.defer(() => signal.removeEventListener("abort", nudge));
    this.#seq = await seqOfCursor(store, sessionId, after);
    yield* this.#readOn();
    const isOverlaid = live && (await this.#livesHere());
    yield { kind: "sync", cursor: await this.#position(), live: isOverlaid };
    if (until === "sync") return;
    this.#queue.restartLive(isOverlaid ? this.#kernel.live.snapshot(sessionId) : []);
    yield* this.#tail();
  }

  async *#tail(): AsyncGenerator<EventItem, void, undefined> {
    const { signal, until } = this.#query;
    let mayRest = true;
    for (;;) {
      signal.throwIfAborted();
      for (let item = this.#queue.take(); item !== undefined; item = this.#queue.take()) {
        if (item.kind === "live") yield* this.#fragment(item.live, item.afterSeq);
        else {
          mayRest ||= item.event.type === "execution.ended";
          yield* this.#handedOver(item.event);
        }
      }
      if (this.#queue.takeDirty()) {
        mayRest = true;
        yield* this.#readOn();
      }
      if (this.#queue.liveDropped) yield* this.#restartLive();
      if (!this.#queue.isEmpty) continue;
      if (until === "idle" && mayRest) {
        const rest = await this.#restNow();
        if (rest !== undefined) {
          yield rest;
          return;
        }
        mayRest = false;
      }
      mayRest = (await this.#some()) || mayRest;
    }
  }

  /** Waits for the next thing; true where time passed without any, so that an owner's death should be looked for. */
  async #some(): Promise<boolean> {
    if (this.#query.until !== "idle") {
      await this.#queue.some();
      return false;
    }
    const limit = new AbortController();
    const late = this.#kernel.services.clock.sleep(lookAgainMs, limit.signal).then(
      () => true,
      () => false,
    );
    const looked = await Promise.race([this.#queue.some().then(() => false), late]);
    limit.abort();
    return looked;
  }

  async *#fragment(live: LiveEvent, afterSeq: number): AsyncGenerator<EventItem, void, undefined> {
    if (afterSeq > this.#seq) yield* this.#readOn();
    // Reading ahead may have brought the durable block that this fragment was a part of.
    if ("position" in live && this.#closedBlocks.has(placeOf(live))) return;
    yield { kind: "live", live };
  }

  async *#handedOver(event: SealedEnvelope): AsyncGenerator<EventItem, void, undefined> {
    if (event.seq <= this.#seq) return;
    if (event.seq === this.#seq + 1) yield* this.#deliver(event);
    else yield* this.#readOn();
  }

  async *#readOn(): AsyncGenerator<EventItem, void, undefined> {
    const { sessionId, signal } = this.#query;
    for (;;) {
      signal.throwIfAborted();
      const page = await this.#kernel.services.store.events({ sessionId, after: this.#seq, limit: maxEventsPerPage });
      for (const sealed of page) yield* this.#deliver(sealed);
      if (page.length < maxEventsPerPage) return;
    }
  }

  async *#deliver(sealed: SealedEnvelope): AsyncGenerator<EventItem, void, undefined> {
    const { store } = this.#kernel.services;
    const event = await readEvent(store, sealed);
    this.#seq = sealed.seq;
    this.#cursor = toCursor(store.storeId, sealed);
    if (event === null) return;
    this.#close(event);
    yield { kind: "event", event, cursor: this.#cursor };
  }

  #close(event: DurableEvent): void {
    if (event.type === "text.ended" || event.type === "reasoning.ended" || event.type === "tool.called") {
      this.#closedBlocks.add(placeOf(event.data));
    } else if (event.type === "step.ended" || event.type === "step.failed") this.#closedBlocks.clear();
  }

  async *#restartLive(): AsyncGenerator<EventItem, void, undefined> {
    yield* this.#readOn();
    this.#queue.restartLive(this.#kernel.live.snapshot(this.#query.sessionId));
    yield { kind: "notice", notice: { type: "live-dropped" } };
  }

  async #restNow(): Promise<EventItem | undefined> {
    const snapshot = await this.#snapshot();
    // What was committed after the last event that was read is still to come.
    if (snapshot.head.seq > this.#seq) {
      this.#queue.offer(null);
      return undefined;
    }
    const found = await standing(this.#kernel, this.#coordinator, snapshot);
    return found.resting ? { kind: "notice", notice: { type: "rest", rest: found.rest } } : undefined;
  }

  /** Whether fragments of this session would come from this process: nobody else owns its execution. */
  async #livesHere(): Promise<boolean> {
    const { claim } = await this.#snapshot();
    return claim === null || claim.owner === null || claim.owner === this.#kernel.owner.id;
  }

  async #snapshot(): Promise<SessionSnapshot> {
    const snapshot = await this.#kernel.services.store.snapshot(this.#query.sessionId);
    if (snapshot === null) throw sessionNotFound(this.#query.sessionId);
    return snapshot;
  }

  async #position(): Promise<Cursor> {
    if (this.#cursor !== undefined) return this.#cursor;
    if (this.#query.after !== undefined) return this.#query.after as Cursor;
    const { head, session } = await this.#snapshot();
    return toCursor(this.#kernel.services.store.storeId, { sessionId: session.sessionId, ...head });
  }
}

const placeOf = ({ messageId, position }: { readonly messageId: string; readonly position: number }): string =>
  `${messageId} ${position}`;

import { toCursor } from "@holdfast/core";
import { inlineBlobs } from "@holdfast/core/event";
import { maxEventsPerPage } from "@holdfast/core/store";

import { CleanUps } from "../clean-ups.ts";
import { sessionNotFound } from "./arguments.ts";
import { seqOfCursor } from "./cursor-at.ts";
import { leavable } from "./leavable.ts";
import { readEvent } from "./read-messages.ts";
import { ReaderQueue } from "./reader-queue.ts";
import { lookAgainMs, lookAt } from "./standing.ts";

import type { Cursor, EventItem, LiveEvent, OwnerId, Rest } from "@holdfast/core";
import type { DurableEvent, SealedEnvelope } from "@holdfast/core/event";
import type { SessionSnapshot } from "@holdfast/core/store";
import type * as z from "zod";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";
import type { QueueItem } from "./reader-queue.ts";

/** What `events` was asked for, checked. The signal also ends with the runtime. */
export type EventsArguments = z.output<typeof argumentSchemas.events> & { readonly signal: AbortSignal };

/** One reader of one session's log: replay, then tail, with the live overlay of this process between the events. */
export class EventReader {
  readonly #kernel: Kernel;
  readonly #coordinator: Coordinator;
  readonly #query: EventsArguments;
  readonly #queue: ReaderQueue;
  readonly #closedBlocks = new Set<string>();
  #seq = -1;
  #cursor: Cursor | undefined;
  /** Whether the past was read: from here on, a completion is a rest. */
  #synced = false;
  #completed = false;
  /** Whether it is worth a look if the session rests. */
  #mayRest = true;
  #pauseMs: number | undefined;

  constructor(kernel: Kernel, coordinator: Coordinator, query: EventsArguments) {
    this.#kernel = kernel;
    this.#coordinator = coordinator;
    this.#query = query;
    this.#queue = new ReaderQueue(query.live);
    this.#pauseMs = this.#endsAtRest ? lookAgainMs : undefined;
  }

  /** The items, one at a time. Leaving ends a wait for the next one at once. */
  read(): AsyncGenerator<EventItem, void, undefined> {
    return leavable(this.#read(), () => this.#queue.leave());
  }

  async *#read(): AsyncGenerator<EventItem, void, undefined> {
    const { sessionId, after, until, live, signal } = this.#query;
    const { store } = this.#kernel.services;
    using resources = new CleanUps();
    // Registered before the first read, so that a commit which lands in the middle of it is not missed.
    resources.use(store.watch(sessionId, this.#queue.offer));
    if (live) resources.use(this.#kernel.live.listen(sessionId, this.#queue.offerLive));
    signal.addEventListener("abort", this.#queue.nudge);
    resources.defer(() => signal.removeEventListener("abort", this.#queue.nudge));
    this.#seq = await seqOfCursor(store, sessionId, after);
    yield* this.#readOn();
    const snapshot = await this.#snapshot();
    const isOverlaid = live && livesHere(snapshot, this.#kernel.owner.id);
    yield { kind: "sync", cursor: this.#position(snapshot), live: isOverlaid };
    if (until === "sync") return;
    this.#queue.restartLive(isOverlaid ? this.#kernel.live.snapshot(sessionId) : []);
    this.#synced = true;
    yield* this.#tail();
  }

  async *#tail(): AsyncGenerator<EventItem, void, undefined> {
    const { signal } = this.#query;
    const { clock } = this.#kernel.services;
    while (!this.#queue.left) {
      signal.throwIfAborted();
      for (let item = this.#queue.take(); item !== undefined; item = this.#queue.take()) {
        if (this.#isBehind(item)) yield* this.#readOn();
        if (this.#completed) break;
        const handed = this.#hand(item);
        const delivered = handed instanceof Promise ? await handed : handed;
        if (delivered !== undefined) yield delivered;
      }
      if (this.#queue.takeDirty()) yield* this.#readOn();
      // Completed means that no promotable input was left: a rest, whatever came after it.
      const rest = this.#completed ? "completed" : this.#mayRest ? await this.#restNow() : undefined;
      if (rest !== undefined) {
        yield restNotice(rest);
        return;
      }
      if (this.#queue.liveDropped) yield* this.#restartLive();
      if (!this.#queue.isEmpty || this.#completed) continue;
      // Where time passed without anything, an owner may have died.
      this.#mayRest = !(await this.#queue.some(clock, this.#pauseMs));
    }
  }

  /** Whether there is something to read before what was handed over. */
  #isBehind(item: QueueItem): boolean {
    return item.kind === "live" ? item.afterSeq > this.#seq : item.event.seq > this.#seq + 1;
  }

  /** What was handed over, where it is still news. */
  #hand(item: QueueItem): Promise<EventItem> | EventItem | undefined {
    if (item.kind === "event") return item.event.seq > this.#seq ? this.#accept(item.event) : undefined;
    return this.#isStale(item.live) ? undefined : { kind: "live", live: item.live };
  }

  /** An event that this process committed itself, and so checked already. */
  async #accept(sealed: SealedEnvelope): Promise<EventItem> {
    const { store } = this.#kernel.services;
    const event = await inlineBlobs(sealed as DurableEvent, (hash) => store.blob(hash));
    this.#seq = sealed.seq;
    this.#cursor = toCursor(store.storeId, sealed);
    this.#note(event);
    return { kind: "event", event, cursor: this.#cursor };
  }

  /** Whether reading ahead brought the durable block that a fragment was a part of. */
  #isStale(live: LiveEvent): boolean {
    return "position" in live && this.#closedBlocks.size > 0 && this.#closedBlocks.has(placeOf(live));
  }

  async *#readOn(): AsyncGenerator<EventItem, void, undefined> {
    const { sessionId, signal } = this.#query;
    this.#mayRest = true;
    for (;;) {
      signal.throwIfAborted();
      const page = await this.#kernel.services.store.events({ sessionId, after: this.#seq, limit: maxEventsPerPage });
      for (const sealed of page) {
        if (this.#completed) return;
        yield* this.#deliver(sealed);
      }
      if (page.length < maxEventsPerPage) return;
    }
  }

  async *#deliver(sealed: SealedEnvelope): AsyncGenerator<EventItem, void, undefined> {
    const { store } = this.#kernel.services;
    const event = await readEvent(store, sealed);
    this.#seq = sealed.seq;
    this.#cursor = toCursor(store.storeId, sealed);
    if (event === null) return;
    this.#note(event);
    yield { kind: "event", event, cursor: this.#cursor };
  }

  #note(event: DurableEvent): void {
    if (event.type === "execution.ended") {
      this.#mayRest = true;
      this.#completed = this.#synced && this.#endsAtRest && event.data.outcome === "completed";
    } else if (event.type === "text.ended" || event.type === "reasoning.ended" || event.type === "tool.called") {
      this.#closedBlocks.add(placeOf(event.data));
    } else if (event.type === "step.ended" || event.type === "step.failed") this.#closedBlocks.clear();
  }

  async *#restartLive(): AsyncGenerator<EventItem, void, undefined> {
    yield* this.#readOn();
    this.#queue.restartLive(this.#kernel.live.snapshot(this.#query.sessionId));
    yield { kind: "notice", notice: { type: "live-dropped" } };
  }

  /** How the session rests, if it does so where this reader stands. */
  async #restNow(): Promise<Rest | undefined> {
    if (!this.#endsAtRest || !this.#queue.isEmpty) return undefined;
    const snapshot = await this.#snapshot();
    // What was committed after the last event that was read is still to come.
    if (snapshot.head.seq > this.#seq) {
      this.#queue.offer(null);
      return undefined;
    }
    const look = await lookAt(this.#kernel, this.#coordinator, snapshot);
    this.#pauseMs = look.lookAgainMs;
    if (look.lookAgainMs === 0) this.#queue.offer(null);
    return look.rest;
  }

  get #endsAtRest(): boolean {
    return this.#query.until === "idle";
  }

  async #snapshot(): Promise<SessionSnapshot> {
    const snapshot = await this.#kernel.services.store.snapshot(this.#query.sessionId);
    if (snapshot === null) throw sessionNotFound(this.#query.sessionId);
    return snapshot;
  }

  #position({ session, head }: SessionSnapshot): Cursor {
    if (this.#cursor !== undefined) return this.#cursor;
    if (this.#query.after !== undefined) return this.#query.after as Cursor;
    return toCursor(this.#kernel.services.store.storeId, { sessionId: session.sessionId, ...head });
  }
}

/** Whether fragments of this session would come from this process: nobody else owns its execution. */
const livesHere = ({ claim }: SessionSnapshot, ownerId: OwnerId): boolean =>
  claim === null || claim.owner === null || claim.owner === ownerId;

const restNotice = (rest: Rest): EventItem => ({ kind: "notice", notice: { type: "rest", rest } });

const placeOf = ({ messageId, position }: { readonly messageId: string; readonly position: number }): string =>
  `${messageId} ${position}`;

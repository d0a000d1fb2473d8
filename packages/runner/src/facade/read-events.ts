import { toCursor } from "@holdfast/core";
import { maxEventsPerPage } from "@holdfast/core/store";

import { CleanUps } from "../clean-ups.ts";
import { sessionNotFound } from "./arguments.ts";
import { leavable } from "./leavable.ts";
import { LogReader } from "./log-reader.ts";
import { ReaderQueue } from "./reader-queue.ts";
import { lookAgainMs, RestObserver } from "./rest-observer.ts";

import type { Cursor, EventItem, LiveEvent, Rest } from "@holdfast/core";
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
  readonly #log: LogReader;
  readonly #observer: RestObserver;
  readonly #closedBlocks = new Set<string>();
  /** Whether the past was read: from here on, a completion is a rest. */
  #synced = false;
  /** How the session came to its end, where nothing is read after it. */
  #end: "completed" | "deleted" | undefined;
  /** Whether it is worth a look if the session rests. */
  #mayRest = true;
  #pauseMs: number | undefined;
  /** Whether the session has asked: from then on more may bring it to rest than the end of an execution. */
  #hasAsked = false;
  /** What was read to say where fragments come from, until it was looked at whether the session rests. */
  #seen: SessionSnapshot | null = null;

  constructor(kernel: Kernel, coordinator: Coordinator, query: EventsArguments) {
    this.#kernel = kernel;
    this.#coordinator = coordinator;
    this.#query = query;
    this.#queue = new ReaderQueue(query.live);
    this.#log = new LogReader(kernel.services.store, query.sessionId);
    this.#observer = new RestObserver(kernel, coordinator);
    this.#pauseMs = this.#endsAtRest ? lookAgainMs : undefined;
  }

  /** The items, one at a time. Leaving ends a wait for the next one at once. */
  read(): AsyncGenerator<EventItem, void, undefined> {
    return leavable(this.#read(), () => this.#queue.leave());
  }

  // The tail is in here and in no generator of its own: each level that an item passes costs a reader among many (measured: 4 of 26 µs).
  async *#read(): AsyncGenerator<EventItem, void, undefined> {
    const { signal, until } = this.#query;
    const { clock } = this.#kernel.services;
    using _attached = this.#attach();
    yield* this.#past();
    if (until === "sync") return;
    while (!this.#queue.left) {
      signal.throwIfAborted();
      for (let item = this.#queue.take(); item !== undefined; item = this.#queue.take()) {
        if (this.#isBehind(item)) yield* this.#readOn();
        if (this.#end !== undefined) break;
        const handed = this.#hand(item);
        const delivered = handed instanceof Promise ? await handed : handed;
        if (delivered !== undefined) yield delivered;
      }
      if (this.#queue.takeDirty()) yield* this.#readOn();
      const rest = this.#mayRest || this.#end !== undefined ? await this.#restNow() : undefined;
      if (rest !== undefined) {
        // Who reads on for ever is told of a deletion by its event.
        if (until === "idle") yield restNotice(rest);
        return;
      }
      if (this.#queue.liveDropped) yield* this.#restartLive();
      if (!this.#queue.isEmpty) continue;
      // Where time passed without anything, an owner may have died.
      this.#mayRest = !(await this.#queue.some(clock, this.#pauseMs));
    }
  }

  /** Registered before the first read, so that a commit which lands in the middle of it is not missed. */
  #attach(): Disposable {
    const { sessionId, live, signal } = this.#query;
    const attached = new CleanUps();
    attached.use(this.#kernel.services.store.watch(sessionId, this.#queue.offer));
    if (live) attached.use(this.#kernel.live.listen(sessionId, this.#queue.offerLive));
    signal.addEventListener("abort", this.#queue.nudge);
    attached.defer(() => signal.removeEventListener("abort", this.#queue.nudge));
    return attached;
  }

  /** Everything up to now, and then that this was it. */
  async *#past(): AsyncGenerator<EventItem, void, undefined> {
    const { sessionId, after, live } = this.#query;
    if (await this.#log.begin(after)) yield* this.#readOn();
    this.#log.tell();
    const isOverlaid = live && (await this.#livesHere());
    yield { kind: "sync", cursor: this.#log.cursor ?? (await this.#startOfLog()), live: isOverlaid };
    this.#queue.restartLive(isOverlaid ? this.#kernel.live.snapshot(sessionId) : []);
    this.#synced = true;
    const isThere = this.#seen !== null || (await this.#kernel.services.store.session(sessionId)) !== null;
    if (isThere) return;
    // It was deleted: a moment ago, or its last event had been read before.
    yield* this.#readOn();
    this.#end = "deleted";
  }

  /** Whether there is something to read before what was handed over. */
  #isBehind(item: QueueItem): boolean {
    return item.kind === "live" ? item.afterSeq > this.#log.seq : item.event.seq > this.#log.seq + 1;
  }

  /** What was handed over, where it is still news. */
  #hand(item: QueueItem): Promise<EventItem | undefined> | EventItem | undefined {
    if (item.kind === "event") {
      const { event } = item;
      if (event.seq <= this.#log.seq) return undefined;
      const own = this.#log.takeAtOnce(event);
      return own === undefined ? this.#accept(event) : this.#show(own);
    }
    return this.#isStale(item.live) ? undefined : { kind: "live", live: item.live };
  }

  /** The next event; undefined for one that may be passed over. */
  async #accept(sealed: SealedEnvelope): Promise<EventItem | undefined> {
    const event = await this.#log.take(sealed);
    return event === null ? undefined : this.#show(event);
  }

  #show(event: DurableEvent): EventItem {
    this.#note(event);
    return { kind: "event", event, cursor: this.#log.cursor as Cursor };
  }

  /** Whether reading ahead brought the durable block that a fragment was a part of. */
  #isStale(live: LiveEvent): boolean {
    return "position" in live && this.#closedBlocks.size > 0 && this.#closedBlocks.has(placeOf(live));
  }

  async *#readOn(): AsyncGenerator<EventItem, void, undefined> {
    const { signal } = this.#query;
    this.#mayRest = true;
    for (;;) {
      signal.throwIfAborted();
      const page = await this.#log.next();
      for (const sealed of page) {
        if (this.#end !== undefined) return;
        const item = await this.#accept(sealed);
        if (item !== undefined) yield item;
      }
      if (page.length < maxEventsPerPage) return;
    }
  }

  #note(event: DurableEvent): void {
    if (event.type === "ask.opened") this.#hasAsked = true;
    this.#mayRest ||= this.#hasAsked && mayAsk.has(event.type);
    if (event.type === "execution.ended") {
      this.#mayRest = true;
      if (this.#synced && this.#endsAtRest && event.data.outcome === "completed") this.#end = "completed";
    } else if (event.type === "session.deleted") {
      this.#end = "deleted";
    } else if (!this.#query.live) {
      // Without fragments there is none that its block could have overtaken.
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
    // Completed means that no promotable input was left: a rest, whatever came after it.
    if (this.#end !== undefined) return this.#end;
    if (!this.#endsAtRest || !this.#queue.isEmpty) return undefined;
    const seen = this.#seen;
    this.#seen = null;
    const snapshot = seen?.head.seq === this.#log.seq ? seen : await this.#snapshot();
    // What was committed after the last event that was read is still to come.
    if (snapshot === null || snapshot.head.seq > this.#log.seq) {
      this.#queue.offer(null);
      return undefined;
    }
    this.#hasAsked ||= snapshot.asks.length > 0;
    const look = await this.#observer.look(snapshot);
    this.#pauseMs = look.lookAgainMs;
    if (look.lookAgainMs === 0) this.#queue.offer(null);
    return look.rest;
  }

  get #endsAtRest(): boolean {
    return this.#query.until === "idle";
  }

  /** Null for a session that was deleted: one that never was is refused before. */
  #snapshot(): Promise<SessionSnapshot | null> {
    return this.#kernel.services.store.snapshot(this.#query.sessionId);
  }

  /** Whether fragments of this session would come from this process: nobody else owns its execution. */
  async #livesHere(): Promise<boolean> {
    if (this.#coordinator.isWorking(this.#query.sessionId)) return true;
    this.#seen = await this.#snapshot();
    const { claim, replica } = this.#seen ?? { claim: null, replica: null };
    if (replica !== null) return false;
    return claim === null || claim.owner === null || claim.owner === this.#kernel.owner.id;
  }

  /** Where a reader stands that was given nothing and asked for nothing. */
  async #startOfLog(): Promise<Cursor> {
    const { store } = this.#kernel.services;
    const { sessionId } = this.#query;
    const head = await store.head(sessionId);
    if (head === null) throw sessionNotFound(sessionId);
    return toCursor(store.storeId, { sessionId, ...head });
  }
}

/** After these, all that is open may wait for a person. */
const mayAsk: ReadonlySet<string> = new Set(["ask.opened", "attempt.ended", "tool.settled"]);

const restNotice = (rest: Rest): EventItem => ({ kind: "notice", notice: { type: "rest", rest } });

const placeOf = ({ messageId, position }: { readonly messageId: string; readonly position: number }): string =>
  `${messageId} ${position}`;

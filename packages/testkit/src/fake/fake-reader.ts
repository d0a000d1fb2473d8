import { assertCursorInLog, fromCursor } from "@holdfast/core";
import { readLog } from "@holdfast/core/store";
import { standingOf } from "@holdfast/core/session";

import type { Cursor, EventItem, Rest, SessionId } from "@holdfast/core";
import type { DurableEvent, SealedEnvelope } from "@holdfast/core/event";
import type { FakeKernel } from "./fake-kernel.ts";
import type { Fragment } from "./fake-live.ts";

/** What a reader was asked for, checked. */
export interface FakeReading {
  readonly sessionId: SessionId;
  readonly after?: string | undefined;
  readonly live: boolean;
  readonly until?: "sync" | "idle" | undefined;
  readonly signal: AbortSignal;
}

/** The seq that a cursor stands at. */
export const seqOfCursor = async (kernel: FakeKernel, sessionId: SessionId, cursor: string): Promise<number> => {
  const { store } = kernel;
  const head = await store.head(sessionId);
  if (head === null) throw await kernel.noSession(sessionId);
  const position = fromCursor(cursor, { storeId: store.storeId, sessionId });
  const [event] = await store.events({ sessionId, after: position.seq - 1, limit: 1 });
  if (event?.type === "session.deleted" && position.seq < event.seq) return position.seq;
  assertCursorInLog(position, { headSeq: head.seq, hashAtSeq: event?.seq === position.seq ? event.hash : null });
  return position.seq;
};

/** How a session rests; undefined while it does not. */
export const restOf = async (kernel: FakeKernel, sessionId: SessionId): Promise<Rest | undefined> => {
  const snapshot = await kernel.store.snapshot(sessionId);
  if (snapshot === null) return "deleted";
  const lane = kernel.lane(sessionId);
  // A wake that has not been looked at may come to something.
  if (lane.isActive && snapshot.execution?.state !== "open" && snapshot.replica === null) return undefined;
  const standing = standingOf(snapshot, lane.isActive ? "alive" : "none", false);
  return standing.resting ? standing.rest : undefined;
};

/** One reader of one session: what was, and then what comes. */
export class FakeReader {
  readonly #kernel: FakeKernel;
  readonly #reading: FakeReading;
  readonly #fragments: Fragment[] = [];
  readonly #closed = new Set<string>();
  #seq = -1;
  #cursor: Cursor | undefined;
  #isSynced = false;
  /** What ends the reading right after an event. */
  #end: "completed" | "deleted" | undefined;
  #news = Promise.withResolvers<void>();

  constructor(kernel: FakeKernel, reading: FakeReading) {
    this.#kernel = kernel;
    this.#reading = reading;
  }

  /** Ends a wait for news. */
  readonly nudge = (): void => {
    this.#news.resolve();
  };

  async *read(): AsyncGenerator<EventItem, void, undefined> {
    const { sessionId, until, live, signal } = this.#reading;
    const lane = this.#kernel.lane(sessionId);
    using _watcher = this.#kernel.store.watch(sessionId, this.nudge);
    const onFragment = (fragment: Fragment): void => {
      if (this.#isSynced) this.#fragments.push(fragment);
      this.nudge();
    };
    const silence = live ? lane.live.listen(onFragment) : () => {};
    const ended = lane.onEnd(this.nudge);
    signal.addEventListener("abort", this.nudge);
    try {
      yield* this.#past();
      if (until === "sync") return;
      for (;;) {
        signal.throwIfAborted();
        this.#news = Promise.withResolvers();
        for (let fragment = this.#fragments.shift(); fragment !== undefined; fragment = this.#fragments.shift()) {
          if (fragment.afterSeq > this.#seq) yield* this.#readOn();
          if (!this.#isStale(fragment)) yield { kind: "live", live: fragment.live };
        }
        yield* this.#readOn();
        const rest = this.#end ?? (until === "idle" ? await this.#restHere() : undefined);
        if (rest !== undefined) {
          if (until === "idle") yield { kind: "notice", notice: { type: "rest", rest } };
          return;
        }
        if (this.#fragments.length === 0) await this.#news.promise;
      }
    } finally {
      silence();
      ended();
      signal.removeEventListener("abort", this.nudge);
    }
  }

  async *#past(): AsyncGenerator<EventItem, void, undefined> {
    const { sessionId, after, live } = this.#reading;
    if (after !== undefined) {
      this.#seq = await seqOfCursor(this.#kernel, sessionId, after);
      this.#cursor = after as Cursor;
    }
    const head = await this.#kernel.store.head(sessionId);
    if (head === null) throw await this.#kernel.noSession(sessionId);
    yield* this.#readOn();
    const isReplica = ((await this.#kernel.store.snapshot(sessionId))?.replica ?? null) !== null;
    yield { kind: "sync", cursor: this.#cursor ?? this.#kernel.cursor(sessionId, head), live: live && !isReplica };
    this.#isSynced = true;
    if (live) this.#fragments.push(...this.#kernel.lane(sessionId).live.snapshot());
    if ((await this.#kernel.store.session(sessionId)) === null) this.#end = "deleted";
  }

  async *#readOn(): AsyncGenerator<EventItem, void, undefined> {
    const { sessionId, signal } = this.#reading;
    for await (const sealed of readLog(this.#kernel.store, sessionId, this.#seq)) {
      signal.throwIfAborted();
      const event = await this.#kernel.event(sessionId, sealed.seq);
      this.#pass(sealed);
      if (event === undefined) continue;
      this.#note(event);
      yield { kind: "event", event, cursor: this.#kernel.cursor(sessionId, sealed) };
      if (this.#end !== undefined) return;
    }
  }

  #pass(sealed: SealedEnvelope): void {
    this.#seq = sealed.seq;
    this.#cursor = this.#kernel.cursor(this.#reading.sessionId, sealed);
  }

  #note({ type, data }: DurableEvent): void {
    if (type === "text.ended" || type === "reasoning.ended" || type === "tool.called")
      this.#closed.add(`${data.messageId} ${data.position}`);
    if (type === "session.deleted") this.#end = "deleted";
    if (type !== "execution.ended" || data.outcome !== "completed") return;
    if (this.#isSynced && this.#reading.until === "idle") this.#end = "completed";
  }

  #isStale({ live }: Fragment): boolean {
    return "position" in live && this.#closed.has(`${live.messageId} ${live.position}`);
  }

  async #restHere(): Promise<Rest | undefined> {
    const rest = await restOf(this.#kernel, this.#reading.sessionId);
    const head = await this.#kernel.store.head(this.#reading.sessionId);
    return head?.seq === this.#seq ? rest : undefined;
  }
}

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

import { FrameBatch } from "./frame-batch.ts";
import { toChunk } from "./frame-queue.ts";
import { endFrame, errorFrame, toFrame } from "./frames.ts";
import { OpenFragments } from "./open-fragments.ts";

import type { Cursor, EventItem, Holdfast, SessionId } from "@holdfast/core";
import type { Problem } from "@holdfast/core/wire";
import type { Chunk, FrameQueue } from "./frame-queue.ts";

/** Durable frames that are kept for whoever joins a moment late. */
const mostKept = 512;
const mostKeptLength = 1024 * 1024;
/** For how long the reader is waited for to come to a cursor, in milliseconds: it may have passed it long ago. */
const comingMs = 50;
/** How full a queue is that is waited for. */
const muchFill = 0.25;
/** How full one is whose member has fallen behind the others. */
const lateFill = 0.5;
/** For how long the member that reads fastest is waited for, in milliseconds. */
const patienceMs = 1_000;
/** And others, each time that they fall behind, as long as they have read something in the last of it. */
const courtesyMs = 1_000;
const progressMs = 300;

const isComing = ({ fill, unreadMs }: FrameQueue): boolean => fill > muchFill && unreadMs < progressMs;

interface Waiting {
  readonly queue: FrameQueue;
  readonly at: Cursor;
  readonly settle: (joined: boolean) => void;
}

/** What a hub reads, and whom it tells when it is over. */
export interface HubOptions {
  readonly holdfast: Holdfast;
  readonly sessionId: SessionId;
  readonly live: boolean;
  /** Where the first member stands. */
  readonly after: Cursor;
  readonly toProblem: (error: unknown) => Problem;
  readonly onEnd: () => void;
}

/**
 * One reader of a session's tail for all streams that follow it: each frame is encoded once, frames of one turn go out as one chunk. Members
 * join at the reader's place, and are shown what is open there.
 */
export class SessionHub {
  readonly #options: HubOptions;
  readonly #members = new Set<FrameQueue>();
  readonly #waiting = new Set<Waiting>();
  readonly #kept: { readonly cursor: Cursor; readonly frame: string }[] = [];
  readonly #open = new OpenFragments();
  readonly #leave = new AbortController();
  readonly #batch = new FrameBatch((chunk) => this.#broadcast(chunk));
  #keptLength = 0;
  /** Members that have just fallen behind. */
  readonly #late = new Set<FrameQueue>();
  /** Whether even the member that reads fastest has much to read yet. */
  #isCrowded = false;
  #cursor: Cursor;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#cursor = options.after;
  }

  /** Reads until the last member has gone, or the log is over. Never rejects. */
  async run(): Promise<void> {
    const { holdfast, sessionId, live, after, onEnd, toProblem } = this.#options;
    let last: string;
    try {
      const { signal } = this.#leave;
      for await (const item of holdfast.sessions.events({ sessionId, after, live, signal })) {
        this.#take(item);
        if (this.#batch.isFull || this.#isCrowded || this.#late.size > 0) await this.#pace();
      }
      last = endFrame;
    } catch (error) {
      last = this.#leave.signal.aborted ? "" : errorFrame(toProblem(error));
    }
    onEnd();
    this.#batch.flush();
    if (last !== "") this.#broadcast(toChunk(last, 1));
    for (const queue of this.#members) queue.end();
    for (const waiting of this.#waiting) waiting.settle(false);
  }

  /**
   * Takes a member that was told everything up to a cursor. False where the reader does not come to it, because it has long passed it: then
   * the member has to be told more before it can join.
   */
  join(queue: FrameQueue, at: Cursor): Promise<boolean> {
    this.#batch.flush();
    if (at === this.#cursor) return Promise.resolve(this.#admit(queue, ""));
    const index = this.#kept.findIndex(({ cursor }) => cursor === at);
    if (index >= 0) {
      const missed = this.#kept.slice(index + 1).map(({ frame }) => frame);
      return Promise.resolve(this.#admit(queue, missed.join("")));
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting: Waiting = { queue, at, settle: (joined) => settle(joined) };
    const late = setTimeout(() => waiting.settle(false), comingMs);
    const settle = (joined: boolean): void => {
      clearTimeout(late);
      this.#waiting.delete(waiting);
      this.#leaveIfEmpty();
      resolve(joined);
    };
    this.#waiting.add(waiting);
    queue.closed.addEventListener("abort", () => settle(true), { once: true });
    return promise;
  }

  #take(item: EventItem): void {
    if (item.kind === "sync") return;
    const frame = toFrame(item);
    this.#open.note(item);
    this.#batch.add(frame);
    if (item.kind !== "event") return;
    this.#cursor = item.cursor;
    this.#keep(item.cursor, frame);
    if (this.#waiting.size > 0) this.#takeWaiting(item.cursor);
  }

  #keep(cursor: Cursor, frame: string): void {
    this.#kept.push({ cursor, frame });
    this.#keptLength += frame.length;
    while (this.#kept.length > mostKept || (this.#keptLength > mostKeptLength && this.#kept.length > 1)) {
      this.#keptLength -= this.#kept.shift()?.frame.length ?? 0;
    }
  }

  #takeWaiting(cursor: Cursor): void {
    for (const waiting of this.#waiting) {
      if (waiting.at !== cursor) continue;
      this.#batch.flush();
      this.#admit(waiting.queue, "");
      waiting.settle(true);
    }
  }

  #admit(queue: FrameQueue, missed: string): boolean {
    if (queue.closed.aborted) return true;
    const open = this.#open.all.map((live) => toFrame({ kind: "live", live }));
    const text = missed + open.join("");
    if (text !== "") queue.offer(toChunk(text, 1));
    this.#members.add(queue);
    queue.closed.addEventListener("abort", () => this.#dismiss(queue), { once: true });
    return true;
  }

  #dismiss(queue: FrameQueue): void {
    this.#members.delete(queue);
    this.#leaveIfEmpty();
  }

  #leaveIfEmpty(): void {
    if (this.#members.size > 0 || this.#waiting.size > 0 || this.#leave.signal.aborted) return;
    this.#options.onEnd();
    this.#leave.abort();
  }

  #broadcast(chunk: Chunk): void {
    let least = Infinity;
    for (const queue of this.#members) {
      const wasLate = queue.fill > lateFill;
      queue.offer(chunk);
      const { fill } = queue;
      if (fill > lateFill && !wasLate) this.#late.add(queue);
      least = Math.min(least, fill);
    }
    this.#isCrowded = least !== Infinity && least > muchFill;
  }

  /**
   * Lets the members read: a burst that is larger than a queue must not cut off those that keep up. Who falls behind is waited for once, and
   * shortly, so that one who does not read at all holds nobody up.
   */
  async #pace(): Promise<void> {
    this.#batch.flush();
    await nextTurn();
    await this.#whileFull(() => Math.min(...[...this.#members].map(({ fill }) => fill)) > muchFill, patienceMs);
    this.#isCrowded = false;
    await this.#whileFull(() => [...this.#late].some(isComing), courtesyMs);
    this.#late.clear();
  }

  async #whileFull(isFull: () => boolean, ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    while (this.#members.size > 0 && isFull() && performance.now() < deadline) await sleep(2);
  }
}

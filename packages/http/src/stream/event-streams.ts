import { HoldfastError } from "@holdfast/core";

import { FrameQueue, toChunk } from "./frame-queue.ts";
import { endFrame, errorFrame, heartbeatFrame, openingFrame, reconnectFrame } from "./frames.ts";
import { Hubs } from "./hubs.ts";
import { relay } from "./relay.ts";

import type { EventItem, Holdfast, SessionId } from "@holdfast/core";
import type { Problem } from "@holdfast/core/wire";
import type { Limits } from "../limits.ts";
import type { BreakOff } from "./frame-queue.ts";

/** What one stream tells. */
export interface StreamQuery {
  readonly sessionId: SessionId;
  readonly after?: string | undefined;
  readonly live: boolean;
  readonly until?: "sync" | "idle" | undefined;
}

const heartbeat = toChunk(heartbeatFrame, 0);

/** The event streams of a server (PROTOCOL 4): bounded each, told to come again when the server closes. */
export class EventStreams {
  readonly #limits: Limits;
  readonly #toProblem: (error: unknown) => Problem;
  readonly #hubs = new Hubs();
  readonly #queues = new Set<FrameQueue>();
  #beating: NodeJS.Timeout | undefined;

  constructor(limits: Limits, toProblem: (error: unknown) => Problem) {
    this.#limits = limits;
    this.#toProblem = toProblem;
  }

  /**
   * A stream as the body of an answer, which has begun: what goes wrong from here on is told in it.
   *
   * @throws http.too-many-connections
   */
  open(holdfast: Holdfast, query: StreamQuery, breakOff?: BreakOff): ReadableStream<Uint8Array> {
    const { streams, queueEvents, queueBytes, stallMs, heartbeatMs, reconnectMs } = this.#limits;
    if (this.#queues.size >= streams) throw tooMany(streams);
    const queue = new FrameQueue({ events: queueEvents, bytes: queueBytes, stallMs }, breakOff);
    this.#queues.add(queue);
    // Twice in that time, so that no pause is longer, whenever the last frame was.
    this.#beating ??= setInterval(() => this.#beat(), heartbeatMs / 2).unref();
    queue.closed.addEventListener("abort", () => this.#forget(queue), { once: true });
    queue.offer(toChunk(openingFrame(reconnectMs), 0));
    this.#tell(holdfast, query, queue).catch((error: unknown) => {
      if (queue.closed.aborted) return;
      queue.offer(toChunk(errorFrame(this.#toProblem(error)), 1));
      queue.end();
    });
    return queue.body;
  }

  /** Tells every client to come again, and ends its stream. */
  close(): void {
    const last = toChunk(reconnectFrame(this.#limits.reconnectMs), 1);
    for (const queue of this.#queues) {
      queue.offer(last);
      queue.end();
    }
  }

  async #tell(holdfast: Holdfast, query: StreamQuery, queue: FrameQueue): Promise<void> {
    if (query.until === undefined) await this.#follow(holdfast, query, queue);
    else {
      await relay(holdfast, query, { queue, isTold: () => true });
      this.#finish(queue);
    }
  }

  /** Tells the past to this stream alone, and puts it on its session's hub where that stands. */
  async #follow(holdfast: Holdfast, { sessionId, live, after }: StreamQuery, queue: FrameQueue): Promise<void> {
    let at = after;
    for (let isFirst = true; ; isFirst = false) {
      const isTold = (item: EventItem): boolean => item.kind === "event" || (isFirst && item.kind === "sync");
      const query = { sessionId, after: at, live, until: "sync" } as const;
      const { cursor, isOver } = await relay(holdfast, query, { queue, isTold });
      if (isOver || cursor === undefined) break;
      const hub = { holdfast, sessionId, live, toProblem: this.#toProblem };
      if (await this.#hubs.join(queue, cursor, hub)) return;
      at = cursor;
    }
    this.#finish(queue);
  }

  #finish(queue: FrameQueue): void {
    queue.offer(toChunk(endFrame, 1));
    queue.end();
  }

  #beat(): void {
    for (const queue of this.#queues) queue.beat(heartbeat);
  }

  #forget(queue: FrameQueue): void {
    this.#queues.delete(queue);
    if (this.#queues.size > 0) return;
    clearInterval(this.#beating);
    this.#beating = undefined;
  }
}

const tooMany = (most: number): HoldfastError<"http.too-many-connections"> =>
  new HoldfastError("http.too-many-connections", {
    message: `Expected at most ${most} open streams of events, and there are as many. Close some, or come again later.`,
    data: { most },
  });

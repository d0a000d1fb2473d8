import { setTimeout as sleep } from "node:timers/promises";

import { HoldfastError } from "@holdfast/core";
import { createRandom } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { limitsSchema } from "../src/limits.ts";
import { EventStreams } from "../src/stream/event-streams.ts";

import type { Cursor, EventItem, Holdfast } from "@holdfast/core";

const sessionId = "ses_a" as never;
const events = 3_000;

const cursorOf = (seq: number): Cursor => `c${seq}` as Cursor;
const itemOf = (seq: number): EventItem => ({
  kind: "event",
  cursor: cursorOf(seq),
  event: { type: "text.ended", seq, data: { messageId: "msg_a", position: seq } } as never,
});

/** A log that grows by itself, and readers of it that lag by chance: each sees everything, but at times of its own. */
class GrowingLog {
  head = -1;
  #grown = Promise.withResolvers<void>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  async grow(): Promise<void> {
    while (this.head < events - 1) {
      this.head = Math.min(events - 1, this.head + 1 + Math.floor(this.#random() ** 4 * 700));
      this.#grown.resolve();
      this.#grown = Promise.withResolvers();
      await sleep(this.#random() * 3);
    }
  }

  async *read({
    after,
    until,
    signal,
  }: {
    after?: string;
    until?: string;
    signal?: AbortSignal;
  }): AsyncGenerator<EventItem> {
    let at = after === undefined ? -1 : Number(after.slice(1));
    let isTold = false;
    for (;;) {
      const lagMs = this.#random() < 0.3 ? this.#random() * 8 : 0;
      if (lagMs > 0) await sleep(lagMs);
      signal?.throwIfAborted();
      while (at < this.head) yield itemOf(++at);
      // What is committed while the end is being told is told by others first.
      if (!isTold && this.#random() < 0.5) await sleep(this.#random() * 4);
      if (!isTold) yield { kind: "sync", cursor: cursorOf(at), live: false };
      isTold = true;
      if (until === "sync") return;
      if (at >= this.head) await Promise.race([this.#grown.promise, sleep(20)]);
    }
  }
}

/** Reads a stream to an event, or leaves it before, and gives the seqs that it told. */
const readSeqs = async (
  body: ReadableStream<Uint8Array>,
  until: (seq: number) => boolean,
): Promise<readonly number[]> => {
  const seqs: number[] = [];
  let text = "";
  for await (const part of body) {
    const frames = (text + new TextDecoder().decode(part)).split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const id = /^event: event\nid: c(\d+)$/m.exec(frame)?.[1];
      if (id === undefined) continue;
      seqs.push(Number(id));
      if (until(Number(id))) return seqs;
    }
  }
  return seqs;
};

it("streams that come, go and come again at any moment are told every event after their cursor once, in order", async () => {
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed);
  const log = new GrowingLog(random);
  const holdfast = { sessions: { events: (query: object) => log.read(query) } } as unknown as Holdfast;
  const streams = new EventStreams(limitsSchema.parse({}), () => {
    throw new HoldfastError("http.internal", { message: "unexpected" });
  });
  const follow = async (): Promise<readonly number[]> => {
    const told: number[] = [];
    await sleep(random() * 100);
    while (told.at(-1) !== events - 1) {
      const after = told.length === 0 ? undefined : cursorOf(told.at(-1) ?? 0);
      const leaveAt = (told.at(-1) ?? 0) + Math.floor(random() * 900);
      const body = streams.open(holdfast, { sessionId, after, live: false });
      told.push(...(await readSeqs(body, (seq) => seq >= leaveAt || seq === events - 1)));
    }
    return told;
  };
  const [, ...all] = await Promise.all([log.grow(), ...Array.from({ length: 30 }, follow)]);
  const expected = Array.from({ length: events }, (_, seq) => seq);
  for (const told of all) expect(told, `seed ${seed}`).toEqual(expected);
}, 60_000);

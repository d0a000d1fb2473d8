import { setTimeout as sleep } from "node:timers/promises";

import { createGate, text, wait } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { openStream } from "./event-stream.ts";
import { startServing } from "./serving.ts";

import type { Frame } from "./event-stream.ts";

const never = new Promise<never>(() => {});

const isEnd = ({ event, data }: Frame): boolean => event === "event" && data.type === "execution.ended";

describe("a stream of events", () => {
  it("sends its headers at once, and after how long to come again, before there is anything to tell", async () => {
    await using serving = await startServing();
    const id = await serving.session();
    const { cursor } = await serving.holdfast.sessions.prompt({ sessionId: id, text: "Hi", resume: false });
    await using stream = await openStream(serving, `/v1/sessions/${id}/events?after=${cursor}`);
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    expect(await stream.next()).toEqual({ comment: true, retry: 1_000 });
    expect(await stream.next()).toMatchObject({ event: "sync", id: cursor, data: { live: false } });
  });

  it("tells every durable event with its cursor, and goes on after Last-Event-ID, which wins over the query", async () => {
    await using serving = await startServing();
    const id = await serving.session();
    const path = `/v1/sessions/${id}/events`;
    await serving.holdfast.sessions.prompt({ sessionId: id, text: "Hi" });
    await serving.holdfast.sessions.wait({ sessionId: id });
    const page = (await serving.request("GET", path)).json;
    await using whole = await openStream(serving, `${path}?until=sync`);
    const frames = await whole.rest();
    expect(
      frames.filter(({ event }) => event === "event").map(({ id: cursor, data }) => ({ event: data, cursor })),
    ).toEqual(page.items);
    expect(frames.slice(-2)).toMatchObject([{ event: "sync", id: page.cursor }, { event: "end" }]);
    const [third, last] = [page.items[2], page.items.at(-1)];
    const headers = { "last-event-id": third.cursor };
    await using later = await openStream(serving, `${path}?until=sync&after=${last.cursor}`, headers);
    const found = (await later.rest()).filter(({ event }) => event === "event");
    expect(found.map(({ id: cursor }) => cursor)).toEqual(
      page.items.slice(3).map((item: { cursor: string }) => item.cursor),
    );
  });

  it("comes in pages, too, that neither skip nor repeat, and say whether there is more", async () => {
    await using serving = await startServing();
    const id = await serving.session();
    await serving.holdfast.sessions.prompt({ sessionId: id, text: "Hi" });
    await serving.holdfast.sessions.wait({ sessionId: id });
    const found: number[] = [];
    for (let after = "", more = true; more;) {
      const { json } = await serving.request("GET", `/v1/sessions/${id}/events?limit=3${after && `&after=${after}`}`);
      expect(json.items.length).toBeLessThanOrEqual(3);
      found.push(...json.items.map(({ event }: { event: { seq: number } }) => event.seq));
      ({ cursor: after, more } = json);
    }
    expect(found).toEqual(Array.from({ length: found.length }, (_, index) => index));
    expect(found.length).toBeGreaterThan(6);
  });

  it("says that it lives while there is nothing to tell", async () => {
    await using serving = await startServing({ limits: { heartbeatMs: 40 } });
    await using stream = await openStream(serving, `/v1/sessions/${await serving.session()}/events`);
    await stream.until(({ event }) => event === "sync");
    expect([await stream.next(), await stream.next()]).toEqual([{ comment: true }, { comment: true }]);
  });

  it("ends with `end` where the session was deleted, whenever it was opened", async () => {
    await using serving = await startServing();
    const id = await serving.session();
    await using before = await openStream(serving, `/v1/sessions/${id}/events`);
    await before.until(({ event }) => event === "sync");
    await serving.holdfast.sessions.delete({ sessionId: id });
    await using after = await openStream(serving, `/v1/sessions/${id}/events`);
    for (const stream of [before, after]) {
      const frames = (await stream.rest()).filter(({ event }) => event !== undefined);
      expect(frames.filter(({ event }) => event === "event").at(-1)).toMatchObject({
        data: { type: "session.deleted" },
      });
      expect(frames.at(-1)).toMatchObject({ event: "end" });
    }
  });
});

describe("the live overlay", () => {
  it("shows who joins late what is open, whole, and then the same as those who were there", async () => {
    const [first, second] = [createGate(), createGate()];
    const script = () => [
      text("One two", { open: true, chunks: 2 }),
      wait(first.opened),
      text(" three", { chunks: 2 }),
      wait(second.opened),
    ];
    await using serving = await startServing({}, { script });
    const id = await serving.session();
    const path = `/v1/sessions/${id}/events?live=true`;
    await using early = await openStream(serving, path);
    await early.until(({ event }) => event === "sync");
    await serving.holdfast.sessions.prompt({ sessionId: id, text: "Count" });
    let shown = "";
    await early.until(({ event, data }) => {
      if (event === "live") shown += data.type === "block.open" ? data.text : data.delta;
      return shown === "One two";
    });
    await using late = await openStream(serving, path);
    await late.until(({ event }) => event === "sync");
    expect(await late.until(({ event }) => event === "live")).toMatchObject({
      data: { type: "block.open", kind: "text", text: "One two" },
    });
    first.open();
    second.open();
    const [those, these] = [await early.through(isEnd), await late.through(isEnd)];
    expect(these).toEqual(those);
    expect(these.some(({ event }) => event === "live")).toBe(true);
  });

  it("of a session that nobody works on is there, too, once somebody does", async () => {
    const gate = createGate();
    await using serving = await startServing({}, { script: () => [text("Half", { open: true }), wait(gate.opened)] });
    const id = await serving.session();
    await using stream = await openStream(serving, `/v1/sessions/${id}/events?live=true`);
    expect(await stream.until(({ event }) => event === "sync")).toMatchObject({ data: { live: true } });
    await serving.holdfast.sessions.prompt({ sessionId: id, text: "Hi" });
    expect(await stream.until(({ event }) => event === "live")).toMatchObject({ data: { type: "block.open" } });
    gate.open();
  });
});

describe("many streams of one session", () => {
  it("read the log once, tell all the same, and stop reading when the last one has gone", async () => {
    await using serving = await startServing();
    const id = await serving.session();
    let [readers, open] = [0, 0];
    const { sessions } = serving.holdfast;
    const counting = new Proxy(sessions, {
      get: (target, key) => {
        if (key !== "events") return Reflect.get(target, key) as unknown;
        return (query: Parameters<typeof sessions.events>[0]) => {
          if (query.until !== undefined) return target.events(query);
          readers += 1;
          return (async function* () {
            open += 1;
            try {
              yield* target.events(query);
            } finally {
              open -= 1;
            }
          })();
        };
      },
    });
    const holdfast = new Proxy(serving.holdfast, {
      get: (target, key) => (key === "sessions" ? counting : (Reflect.get(target, key) as unknown)),
    });
    await using server = await startServing({ holdfast });
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => openStream(server, `/v1/sessions/${id}/events`)),
    );
    await Promise.all(streams.map((stream) => stream.until(({ event }) => event === "sync")));
    await sessions.prompt({ sessionId: id, text: "Hi" });
    const told = await Promise.all(streams.map((stream) => stream.through(isEnd)));
    for (const frames of told) expect(frames).toEqual(told[0]);
    expect(readers).toBe(1);
    await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()));
    await expect.poll(() => open).toBe(0);
  });

  it("one that does not read is cut off at its bound, and the others do not notice", async () => {
    await using serving = await startServing({ limits: { queueEvents: 200, queueBytes: 1024 * 1024 } });
    const id = await serving.session();
    const path = `/v1/sessions/${id}/events`;
    await using stalled = await openStream(serving, path, { stalled: true });
    await using reading = await openStream(serving, path);
    await reading.until(({ event }) => event === "sync");
    const { sessions } = serving.holdfast;
    const large = "x".repeat(20_000);
    const send = async (): Promise<void> => {
      for (let index = 0; index < 600; index++) {
        await sessions.prompt({ sessionId: id, text: `${index} ${large}`, resume: false });
        if (index % 10 === 0) await sleep(0);
      }
    };
    const [, frames] = await Promise.all([
      send(),
      reading.through(
        ({ event, data }) => event === "event" && data.type === "input.admitted" && data.data.text.startsWith("599 "),
      ),
    ]);
    const seqs = frames.flatMap(({ event, data }) => (event === "event" ? [data.seq] : []));
    expect(seqs).toEqual(Array.from({ length: 601 }, (_, index) => index).slice(-seqs.length));
    expect(await stalled.brokenOff()).toBe(true);
  }, 30_000);
});

describe("disposing of the server", () => {
  it("tells every stream to come again, lets requests finish, and takes no new ones", async () => {
    const serving = await startServing({}, { script: () => [text("Half", { open: true }), wait(never)] });
    const id = await serving.session();
    await using stream = await openStream(serving, `/v1/sessions/${id}/events?live=true`);
    await stream.until(({ event }) => event === "sync");
    await serving.holdfast.sessions.prompt({ sessionId: id, text: "Hi" });
    await stream.until(({ event }) => event === "live");
    await using turn = await openStream(serving, `/v1/sessions/${id}/events?until=idle`);
    await turn.until(({ event }) => event === "sync");
    const waiting = serving.request("GET", `/v1/sessions/${id}/wait`);
    await sleep(50);
    await serving[Symbol.asyncDispose]();
    for (const told of [stream, turn]) {
      expect((await told.rest()).at(-1)).toMatchObject({ event: "reconnect", data: { retryMs: 1_000 } });
    }
    expect(await waiting).toMatchObject({ status: 503, json: { code: "http.closing", retryable: true } });
    await expect(serving.request("GET", "/health")).rejects.toThrow("fetch failed");
  });
});

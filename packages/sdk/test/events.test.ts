import { describe, expect, it } from "vitest";

import { createClient } from "../src/create-client.ts";
import { quickPorts } from "./quick-ports.ts";
import { bare, eventFrame, frame, html, problem, reset, scriptedServer, stream } from "./scripted-server.ts";

import type { EventItem, EventsQuery } from "@holdfast/core";
import type { ScriptedServer } from "./scripted-server.ts";

const sessionId = "ses_a";
const end = frame("end", {});
const sync = (seq: number): string => frame("sync", { live: false }, `c${seq}`);

/** What a reader of a scripted server is shown: seqs of events, kinds of the rest; and the code that it ends with, if it does. */
const read = async (server: ScriptedServer, query: Partial<EventsQuery> = {}) => {
  const ports = quickPorts();
  const shown: (number | string)[] = [];
  const { sessions } = createClient({ baseUrl: server.url }, ports);
  let error: unknown;
  try {
    for await (const item of sessions.events({ sessionId, ...query })) shown.push(nameOf(item));
  } catch (reason) {
    error = reason;
  }
  return { shown, error, slept: ports.slept };
};

const nameOf = (item: EventItem): number | string => {
  if (item.kind === "event") return item.event.seq;
  return item.kind === "notice" && item.notice.type === "rest" ? item.notice.rest : item.kind;
};

const askedAfter = ({ heard }: ScriptedServer) => heard.map(({ headers }) => headers["last-event-id"]);

describe("events over connections that break", () => {
  it("go on after the last cursor, each once and in order, wherever a connection is cut", async () => {
    const half = eventFrame(2).slice(0, -9);
    await using server = await scriptedServer(
      stream([eventFrame(0), eventFrame(1), half], "cut"),
      stream([], "cut"),
      reset,
      stream([eventFrame(2), sync(2), eventFrame(3)], "end"),
      stream([sync(3), end], "end"),
    );
    const { shown, error } = await read(server, { after: "c-1" });
    expect(error).toBeUndefined();
    expect(shown).toEqual([0, 1, 2, "sync", 3, "sync"]);
    expect(askedAfter(server)).toEqual([undefined, "c1", "c1", "c1", "c3"]);
    expect(server.heard.map(({ query }) => query["after"])).toEqual(Array.from({ length: 5 }, () => "c-1"));
  });

  it("that are sent again are not told again", async () => {
    await using server = await scriptedServer(
      stream([eventFrame(0), eventFrame(1)], "cut"),
      stream([eventFrame(0), eventFrame(1), eventFrame(1), eventFrame(2), end], "end"),
    );
    expect((await read(server)).shown).toEqual([0, 1, 2]);
  });

  it("are asked for with pauses that grow while nothing comes, and start again after something did", async () => {
    await using server = await scriptedServer(
      stream([eventFrame(0)], "cut"),
      stream([], "end"),
      bare(502),
      stream([eventFrame(1)], "cut"),
      stream([end], "end"),
    );
    const { shown, slept } = await read(server);
    expect(shown).toEqual([0, 1]);
    expect(slept).toEqual([100, 200, 400, 100]);
  });

  it("are waited for without end once the server has answered, and given up where it never did", async () => {
    await using known = await scriptedServer(
      stream([eventFrame(0)], "cut"),
      ...Array.from({ length: 12 }, () => reset),
      stream([end], "end"),
    );
    const { shown, slept } = await read(known);
    expect(shown).toEqual([0]);
    expect(slept).toHaveLength(13);
    expect(Math.max(...slept)).toBeLessThanOrEqual(10_000);
    await using unknown = await scriptedServer(reset);
    expect((await read(unknown)).error).toMatchObject({ code: "http.unreachable" });
    expect(unknown.heard).toHaveLength(5);
  });

  it("are asked for again when a server that closes says so, after the pause that it wants", async () => {
    await using server = await scriptedServer(
      stream([eventFrame(0), frame("reconnect", { retryMs: 3_000 })], "end"),
      problem(503, "http.closing", { retryable: true, headers: { "retry-after": "2" } }),
      stream([eventFrame(1), end], "end"),
    );
    const { shown, slept } = await read(server);
    expect(shown).toEqual([0, 1]);
    expect(slept).toEqual([3_100, 2_200]);
  });
});

describe("ends of events", () => {
  it("a gap is told as one, by its code, with the cursor to go on from, and nothing is asked for again", async () => {
    const gone = problem(410, "cursor.gone", { data: { restart: "c9", floorSeq: 9 } });
    await using server = await scriptedServer(stream([eventFrame(0)], "cut"), gone);
    const { shown, error } = await read(server);
    expect(shown).toEqual([0]);
    expect(error).toMatchObject({ code: "cursor.gone", data: { restart: "c9", floorSeq: 9 }, status: 410 });
    expect(server.heard).toHaveLength(2);
  });

  it("an error in the stream ends it where it is not retryable, and is waited out where it is", async () => {
    const busy = frame("error", { code: "store.busy", status: 503, title: "Busy", retryable: true });
    const fatal = frame("error", { code: "event.unknown-type", status: 500, title: "Unknown", retryable: false });
    await using server = await scriptedServer(
      stream([eventFrame(0), busy], "end"),
      stream([eventFrame(1), fatal], "end"),
    );
    const { shown, error } = await read(server);
    expect(shown).toEqual([0, 1]);
    expect(error).toMatchObject({ code: "event.unknown-type" });
    expect(server.heard).toHaveLength(2);
  });

  it("sync and rest end a reader that waits for them, whether or not the server's own end arrives", async () => {
    const rest = frame("notice", { type: "rest", rest: "asking" });
    await using synced = await scriptedServer(stream([eventFrame(0), sync(0)], "cut"));
    expect((await read(synced, { until: "sync" })).shown).toEqual([0, "sync"]);
    await using idle = await scriptedServer(stream([eventFrame(0), sync(0), rest], "cut"));
    expect((await read(idle, { until: "idle" })).shown).toEqual([0, "sync", "asking"]);
    expect(synced.heard).toHaveLength(1);
    expect(idle.heard).toHaveLength(1);
  });

  it("a completion that was seen to happen is a rest, also where the connection is cut before the server says so", async () => {
    const completed = eventFrame(1, "execution.ended", { outcome: "completed" });
    await using server = await scriptedServer(stream([eventFrame(0), sync(0), completed], "cut"));
    expect((await read(server, { until: "idle" })).shown).toEqual([0, "sync", 1, "completed"]);
    // Before sync it is the past.
    await using past = await scriptedServer(stream([completed, sync(1), end], "end"));
    expect((await read(past, { until: "idle" })).shown).toEqual([1, "sync"]);
  });

  it("a session that is deleted ends its readers, although its log leaves a gap before that", async () => {
    await using server = await scriptedServer(
      stream([eventFrame(0), sync(0), eventFrame(7, "session.deleted")], "cut"),
    );
    expect((await read(server)).shown).toEqual([0, "sync", 7]);
    expect(server.heard).toHaveLength(1);
  });

  it("who leaves is let go at once, also while the next item is waited for, and the connection is closed", async () => {
    await using server = await scriptedServer(stream([eventFrame(0)], "stay"));
    const { sessions } = createClient({ baseUrl: server.url });
    for await (const item of sessions.events({ sessionId })) {
      expect(nameOf(item)).toBe(0);
      break;
    }
    await expect.poll(() => server.open()).toBe(0);
    const items = sessions.events({ sessionId })[Symbol.asyncIterator]();
    await items.next();
    const waiting = items.next();
    await items.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await expect.poll(() => server.open()).toBe(0);
    expect(server.heard).toHaveLength(2);
  });

  it("a signal ends them with its reason untouched, while they flow and while they are waited for", async () => {
    await using server = await scriptedServer(stream([eventFrame(0)], "stay"), reset);
    for (const _round of [1, 2]) {
      const controller = new AbortController();
      const reason = new Error("mine");
      const { sessions } = createClient({ baseUrl: server.url });
      const reading = (async () => {
        for await (const _item of sessions.events({ sessionId, signal: controller.signal })) controller.abort(reason);
      })();
      if (_round === 2) controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
    }
    await expect.poll(() => server.open()).toBe(0);
  });

  it("what answers without a stream of events is no server of ours", async () => {
    await using server = await scriptedServer(html);
    expect((await read(server)).error).toMatchObject({ code: "http.bad-answer" });
    expect(server.heard).toHaveLength(1);
  });
});

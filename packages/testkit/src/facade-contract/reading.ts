import { expect } from "vitest";

import { createGate } from "../model/gate.ts";
import { text, wait } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, collect, dataOf, eventsOf, setStage, untilShown } from "./stage.ts";

import type { EventItem } from "@holdfast/core";
import type { FacadeSubject } from "./facade-subject.ts";

/** Events, their cursors, and the live overlay. */
export const describeReading = (subject: FacadeSubject): void => {
  it("events come from the start or after a cursor, exclusive, each once and in order, and end at sync", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")], [text("Again.")]] });
    await stage.turn("Hi");
    await stage.turn("More");
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const all = await collect(sessions.events({ sessionId, until: "sync" }));
    expect(eventsOf(all).map(({ seq }) => seq)).toEqual(eventsOf(all).map((_, index) => index));
    expect(all.at(-1)).toMatchObject({ kind: "sync", live: false });
    for (const item of all) {
      if (item.kind !== "event") continue;
      const rest = await collect(sessions.events({ sessionId, after: item.cursor, until: "sync" }));
      expect(eventsOf(rest)).toEqual(eventsOf(all).slice(item.event.seq + 1));
    }
  });

  it("a tail that is open gets what is committed afterwards, and ends when its reader leaves", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")]] });
    const tail = stage.holdfast.sessions.events({ sessionId: stage.session.id });
    const types: string[] = [];
    for await (const item of tail) {
      if (item.kind === "sync") await stage.holdfast.sessions.prompt({ sessionId: stage.session.id, text: "Hi" });
      if (item.kind === "event") types.push(item.event.type);
      if (types.at(-1) === "execution.ended") break;
    }
    expect(types).toEqual((await stage.log()).map(({ type }) => type));
  });

  it("a cursor that is no cursor, or another session's, is refused by code", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const other = await sessions.create({ location: { directory: stage.directory } });
    const [first] = await collect(sessions.events({ sessionId: other.id, until: "sync" }));
    const foreign = first?.kind === "event" ? first.cursor : "";
    const sessionId = stage.session.id;
    const read = (after: string) => collect(sessions.events({ sessionId, after, until: "sync" }));
    expect(await codeOf(read("yesterday"))).toBe("cursor.malformed");
    expect(await codeOf(read(foreign))).toBe("cursor.foreign");
    expect(await codeOf(sessions.wait({ sessionId, after: foreign }))).toBe("cursor.foreign");
    expect(await codeOf(collect(sessions.events({ sessionId: "ses_nobody" })))).toBe("session.not-found");
  });

  it("a reader that comes in mid-answer sees the text so far, then the deltas, then the durable block that they make up", async () => {
    const middle = createGate();
    await using stage = await setStage(subject, {
      script: async () => [
        text("The first half, ", { chunks: 4, open: true }),
        wait(middle.opened),
        text("and the second.", { chunks: 5 }),
      ],
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await sessions.prompt({ sessionId, text: "Hi" });
    await untilShown(stage, "The first half, ");
    const seen: EventItem[] = [];
    for await (const item of sessions.events({ sessionId, live: true, until: "idle" })) {
      seen.push(item);
      if (item.kind === "live" && item.live.type === "block.open") middle.open();
    }
    const shown = new Map<number, string>();
    const durable: EventItem[] = [];
    for (const item of seen) {
      if (item.kind === "live" && item.live.type === "block.open") shown.set(item.live.position, item.live.text);
      if (item.kind === "live" && item.live.type === "block.delta") {
        shown.set(item.live.position, (shown.get(item.live.position) ?? "") + item.live.delta);
      }
      if (item.kind === "event" && item.event.type === "text.ended") {
        durable.push(item);
        expect(shown.get(item.event.data.position)).toBe(item.event.data.text);
      }
    }
    expect(durable.length).toBeGreaterThan(0);
    const opened = seen.find((item) => item.kind === "live");
    expect(opened).toMatchObject({ live: { type: "block.open", text: "The first half, " } });
    expect(seen.findIndex((item) => item.kind === "live")).toBeGreaterThan(
      seen.findIndex((item) => item.kind === "sync"),
    );
  });

  it("messages come in pages that neither skip nor repeat, and their cursor joins them with the events that follow", async () => {
    await using stage = await setStage(subject, {
      script: Array.from({ length: 4 }, (_, index) => [text(`Answer ${index}`)]),
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    for (let index = 0; index < 3; index++) await stage.turn(`Prompt ${index}`);
    const seqs: number[] = [];
    let afterSeq: number | undefined;
    do {
      const page = await sessions.messages({ sessionId, limit: 2, afterSeq });
      seqs.push(...page.messages.map(({ seq }) => seq));
      afterSeq = page.nextAfterSeq;
    } while (afterSeq !== undefined);
    expect(seqs).toHaveLength(6);
    expect(seqs).toEqual(seqs.toSorted((left, right) => left - right));
    const { cursor } = await sessions.messages({ sessionId });
    await stage.turn("Prompt 3");
    const later = eventsOf(await collect(sessions.events({ sessionId, after: cursor, until: "sync" })));
    expect(dataOf(later, "input.admitted").map(({ text: said }) => said)).toEqual(["Prompt 3"]);
  });
};

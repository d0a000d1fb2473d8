import { createRandom, delay, text } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { cuttingProxy } from "../../../../torture/src/reconnect/cutting-proxy.ts";
import { expectQuiet, launchChromium, openPage, sees } from "./chromium.ts";
import { openStage } from "./stage.ts";

import type { Browser } from "playwright-core";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** What a test's own page is told by Chromium's EventSource. */
interface Told {
  readonly seqs: readonly number[];
  readonly openings: number;
}

const wanted = 5_000;
const cuts = 500;

describe("a connection that is cut again and again", () => {
  it("loses no event to Chromium's EventSource, and repeats none", async () => {
    await using stage = await openStage(() => [text("One more.")], { reconnectMs: 10 });
    const { holdfast, directory, port } = stage;
    const { id } = await holdfast.sessions.create({ location: { directory } });
    const random = createRandom(7);
    // Never within the headers of an answer: what a browser makes of half of them is its own affair.
    await using proxy = await cuttingProxy({ port, cuts, mostBytes: 9_000, random: () => 0.1 + 0.9 * random() });
    // Another page than the inspector's, which would talk through the proxy, too.
    await using open = await openPage(browser, `${proxy.url}/health`);
    const listening = open.page.evaluate(
      ({ path, last }) =>
        new Promise<Told>((resolve) => {
          const seqs: number[] = [];
          let openings = 0;
          const source = new EventSource(path);
          source.addEventListener("open", () => (openings += 1));
          source.addEventListener("event", ({ data }: MessageEvent<string>) => {
            const { seq } = JSON.parse(data) as { readonly seq: number };
            seqs.push(seq);
            if (seq < last) return;
            source.close();
            resolve({ seqs, openings });
          });
        }),
      { path: `/v1/sessions/${id}/events`, last: wanted - 1 },
    );
    // Commits go on while connections break: a turn is a dozen events.
    for (let count = 0, after: string | undefined; count < wanted;) {
      await holdfast.sessions.prompt({ sessionId: id, text: "Go on." });
      await holdfast.sessions.wait({ sessionId: id });
      for await (const item of holdfast.sessions.events({ sessionId: id, after, until: "sync" })) {
        if (item.kind === "event") count += 1;
        if ("cursor" in item) after = item.cursor;
      }
    }
    const { seqs, openings } = await listening;
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index));
    expect(seqs.length).toBeGreaterThanOrEqual(wanted);
    expect(proxy.cuts()).toBe(cuts);
    expect(openings).toBeGreaterThan(cuts / 2);
    process.stdout.write(
      `       ${seqs.length} events over ${openings} connections, ${proxy.cuts()} of which were cut\n`,
    );
    expectQuiet(open);
  }, 300_000);

  it("loses nothing to the page", async () => {
    const words = Array.from({ length: 40 }, (_, index) => `word${index}`);
    await using stage = await openStage(() => [delay(300), text(words.join(" "), { chunks: 40, delayMs: 30 })]);
    const { holdfast, directory, port } = stage;
    const { id } = await holdfast.sessions.create({ location: { directory }, title: "Counting" });
    const random = createRandom(11);
    await using proxy = await cuttingProxy({ port, cuts: 0, mostBytes: 1, random });
    await using open = await openPage(browser, `${proxy.url}/#/${id}`);
    await sees(open.page, "Nothing was said yet.");
    await using cutting = await cuttingProxy({ port, cuts: 25, mostBytes: 6_000, random: () => 0.1 + 0.9 * random() });
    // The page is there; from here on what it asks for goes over connections that break.
    await open.page.route(`${proxy.url}/v1/**`, (route) =>
      route.continue({ url: route.request().url().replace(proxy.url, cutting.url) }),
    );
    await holdfast.sessions.prompt({ sessionId: id, text: "Count." });
    await open.page.reload();
    await open.page.locator(".session .standing.completed").waitFor();
    expect(await open.page.locator(".message.assistant .prose").innerText()).toBe(words.join(" "));
    const seqs = (await open.page.locator(".event > details > summary > .seq").allInnerTexts()).map(Number);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => seqs.length - 1 - index));
    expect(cutting.cuts()).toBeGreaterThan(3);
  });
});

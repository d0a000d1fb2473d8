import { createGate, finish, part, reasoning, text, toolCall, toolResultsOfTurn, wait } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { expectQuiet, launchChromium, openPage, picture, sees, transcriptOf } from "./chromium.ts";
import { openStage } from "./stage.ts";

import type { Script } from "@holdfast/testkit";
import type { Browser } from "playwright-core";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const opening = "The total ignores how many of each there are: `reduce` adds the **price** alone.";
const advice = "Each line of the cart counts as often as it is in it:\n\n```ts\nreturn sum + price * count;\n```\n\n";
const closing = "I would change that one line and leave the rest.";

/** Looks, and answers in two halves, with a gate between them. */
const twoHalves =
  (gate: PromiseLike<unknown>): Script =>
  (prompt) =>
    toolResultsOfTurn(prompt).length === 0
      ? [
          reasoning("The total may be wrong because of the count. I look at the file before I say so."),
          text("I look at how the total is made."),
          toolCall("read", { path: "src/cart.ts" }),
        ]
      : [
          text(opening),
          part({ type: "text-start", id: "advice" }),
          part({ type: "text-delta", id: "advice", delta: advice }),
          wait(gate),
          part({ type: "text-delta", id: "advice", delta: closing }),
          part({ type: "text-end", id: "advice" }),
          finish(),
        ];

const told = "Why is the total of the cart wrong?";

describe("a session that streams", () => {
  it("is shown as it is written: fragments at once, calls with their outcome, reasoning folded", async () => {
    const gate = createGate();
    await using stage = await openStage(twoHalves(gate.opened));
    const { holdfast, directory } = stage;
    const { id } = await holdfast.sessions.create({ location: { directory }, title: "Cart total" });
    await using open = await openPage(browser, `${stage.url}/#/${id}`);
    const { page } = open;
    await page.getByLabel("Prompt").fill(told);
    await page.getByLabel("Prompt").press("Enter");
    await sees(page, /^return sum \+ price \* count;$/);
    // It is not in the log yet: what is seen is the live overlay.
    expect(await logOf(holdfast, id)).not.toContain("return sum + price * count;");
    const transcript = await transcriptOf(page);
    expect(transcript).toContain(told);
    expect(transcript).toContain("read");
    expect(transcript).toContain("done");
    const thought = page.locator(".transcript").getByText("I look at the file before I say so.");
    expect(await thought.isVisible()).toBe(false);
    await page.locator(".session-row .standing.running").waitFor();
    await picture(page, "streaming");
    await page.getByText("Reasoning", { exact: true }).click();
    expect(await thought.isVisible()).toBe(true);
    gate.open();
    await sees(page, closing);
    await page.locator(".session .standing.completed").waitFor();
    expect(await page.getByRole("button", { name: "Interrupt" }).count()).toBe(0);
    expectQuiet(open);
  });

  it("loses nothing when the page is loaded anew in the middle of an answer", async () => {
    const gate = createGate();
    await using stage = await openStage(twoHalves(gate.opened));
    const { holdfast, directory } = stage;
    const { id } = await holdfast.sessions.create({ location: { directory }, title: "Cart total" });
    await using open = await openPage(browser, `${stage.url}/#/${id}`);
    const { page } = open;
    await page.getByLabel("Prompt").fill(told);
    await page.getByRole("button", { name: "Send" }).click();
    await sees(page, /^return sum \+ price \* count;$/);
    await page.getByLabel("Prompt").fill("And then test it.");
    const before = await transcriptOf(page);
    const eventsBefore = await seqsOf(page);
    await page.reload();
    await sees(page, /^return sum \+ price \* count;$/);
    expect(await transcriptOf(page)).toBe(before);
    expect(await seqsOf(page)).toEqual(eventsBefore);
    expect(await page.getByLabel("Prompt").inputValue()).toBe("And then test it.");
    await picture(page, "reloaded");
    gate.open();
    await page.locator(".session .standing.completed").waitFor();
    const last = (await holdfast.sessions.messages({ sessionId: id })).messages.at(-1);
    const whole = last?.role === "assistant" ? last.content.map((part) => (part.type === "text" ? part.text : "")) : [];
    expect(whole.join("")).toBe(opening + advice + closing);
    const after = await transcriptOf(page);
    for (const part of ["reduce adds the price alone", "return sum + price * count;", closing])
      expect(after).toContain(part);
    expect(after.split(closing)).toHaveLength(2);
    const seqs = await seqsOf(page);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => seqs.length - 1 - index));
    expectQuiet(open);
  });

  it("stops when it is interrupted by a click", async () => {
    await using stage = await openStage(twoHalves(createGate().opened));
    const { id } = await stage.holdfast.sessions.create({
      location: { directory: stage.directory },
      title: "Cart total",
    });
    await stage.holdfast.sessions.prompt({ sessionId: id, text: told });
    await using open = await openPage(browser, `${stage.url}/#/${id}`);
    await sees(open.page, /^return sum \+ price \* count;$/);
    await open.page.getByRole("button", { name: "Interrupt" }).click();
    await open.page.locator(".session .standing.interrupted").waitFor();
    await sees(open.page, "Asked to stop: from the inspector");
    expect((await stage.holdfast.sessions.wait({ sessionId: id })).status).toBe("interrupted");
    expectQuiet(open);
  });

  it("is readable in the dark", async () => {
    await using stage = await openStage([
      [text(opening), toolCall("read", { path: "src/cart.ts" })],
      [text(advice + closing)],
    ]);
    const { id } = await stage.holdfast.sessions.create({
      location: { directory: stage.directory },
      title: "Cart total",
    });
    await stage.holdfast.sessions.prompt({ sessionId: id, text: told });
    await stage.holdfast.sessions.wait({ sessionId: id });
    await using open = await openPage(browser, `${stage.url}/#/${id}`, { colorScheme: "dark" });
    await sees(open.page, closing);
    const colours = await open.page.locator(".session").evaluate((element) => {
      const { backgroundColor, color } = getComputedStyle(element);
      return [backgroundColor, color].map((one) =>
        (one.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0),
      );
    });
    expect(colours[0]).toBeLessThan(150);
    expect(colours[1]).toBeGreaterThan(600);
    await open.page.locator(".call summary").click();
    await picture(open.page, "dark");
    expectQuiet(open);
  });
});

const logOf = async (
  holdfast: Awaited<ReturnType<typeof openStage>>["holdfast"],
  sessionId: string,
): Promise<string> => {
  let log = "";
  for await (const item of holdfast.sessions.events({ sessionId, until: "sync" }))
    if (item.kind === "event") log += JSON.stringify(item.event);
  return log;
};

const seqsOf = async (page: Awaited<ReturnType<typeof openPage>>["page"]): Promise<readonly number[]> =>
  (await page.locator(".event > details > summary > .seq").allInnerTexts()).map(Number);

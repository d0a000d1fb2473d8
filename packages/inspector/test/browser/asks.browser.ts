import { lastUserText, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { expectQuiet, launchChromium, openPage, picture, sees } from "./chromium.ts";
import { openStage } from "./stage.ts";

import type { Script } from "@holdfast/testkit";
import type { Browser, Page } from "playwright-core";
import type { Stage } from "./stage.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const edits: Script = (prompt) => {
  if (toolResultsOfTurn(prompt).length > 0) return [text("That is all.")];
  if (lastUserText(prompt).startsWith("Ask")) return [toolCall("question", {})];
  return [
    text("One line is to be changed."),
    toolCall("edit", { path: "src/cart.ts", find: "sum + price", replace: "sum + price * count" }),
  ];
};

const prompted = async ({ holdfast, directory }: Stage, prompt: string) => {
  const { id } = await holdfast.sessions.create({ location: { directory }, title: "Cart total" });
  await holdfast.sessions.prompt({ sessionId: id, text: prompt });
  await holdfast.sessions.wait({ sessionId: id });
  return id;
};

/** What became of the one ask of a session. */
const answered = async (page: Page, { holdfast }: Stage, sessionId: string) => {
  await page.locator(".dock.ask").waitFor({ state: "detached" });
  for await (const item of holdfast.sessions.events({ sessionId, until: "idle" }))
    if (item.kind === "event" && item.event.type === "ask.answered") return item.event.data;
  return undefined;
};

describe("an ask", () => {
  it("of a permission is answered once by a click, and the session goes on", async () => {
    await using stage = await openStage(edits);
    const id = await prompted(stage, "Mend it.");
    await using open = await openPage(browser, `${stage.url}/#/${id}`);
    const { page } = open;
    await page.locator(".session-row .standing.asking").waitFor();
    const ask = page.locator(".dock.ask");
    expect(await ask.innerText()).toContain("+ sum + price * count");
    await picture(page, "ask");
    await ask.getByRole("button", { name: "Allow once" }).click();
    expect(await answered(page, stage, id)).toMatchObject({ answer: { reply: "once" }, by: "inspector" });
    await sees(page, "That is all.");
    await page.locator(".session .standing.completed").waitFor();
    expect(await page.locator(".call .call-outcome").innerText()).toBe("done");
    await picture(page, "answered");
    expectQuiet(open);
  });

  it("of a permission is answered for good, and the approval is saved", async () => {
    await using stage = await openStage(edits);
    const id = await prompted(stage, "Mend it.");
    await using open = await openPage(browser, `${stage.url}/#/${id}`);
    await open.page.getByRole("button", { name: "Always allow src/*" }).click();
    expect(await answered(open.page, stage, id)).toMatchObject({ answer: { reply: "always" } });
    expect(await stage.holdfast.asks.approvals({ sessionId: id })).toMatchObject([
      { action: "edit", resource: "src/*" },
    ]);
    expectQuiet(open);
  });

  it("of a permission is denied from the keyboard, with words that the model is told", async () => {
    await using stage = await openStage(edits);
    const id = await prompted(stage, "Mend it.");
    await using open = await openPage(browser, `${stage.url}/#/${id}`);
    const { page } = open;
    await page.getByLabel("Why not, for the model").focus();
    await page.keyboard.type("Round it first.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await answered(page, stage, id)).toMatchObject({ answer: { reply: "deny", feedback: "Round it first." } });
    await sees(page, "denied-by-user");
    await page.locator(".call summary").click();
    await sees(page, /Round it first\./);
    expectQuiet(open);
  });

  it("with questions is answered by options and in words of one's own", async () => {
    await using stage = await openStage(edits);
    const id = await prompted(stage, "Ask me.");
    await using open = await openPage(browser, `${stage.url}/#/${id}`);
    const { page } = open;
    await page.getByLabel("Bergen").check();
    await page.getByLabel("Oslo").check();
    expect(await page.getByRole("button", { name: "Answer" }).isDisabled()).toBe(true);
    await page.getByLabel("What is the branch to be called?").fill("total");
    await page.getByRole("button", { name: "Answer" }).click();
    expect(await answered(page, stage, id)).toMatchObject({ answer: { answers: [["Bergen", "Oslo"], ["total"]] } });
    expectQuiet(open);
  });
});

describe("a server that wants a token", () => {
  it("is opened by entering it, and says that a wrong one is wrong", async () => {
    await using stage = await openStage(edits, { token: "right-token" });
    const id = await prompted(stage, "Mend it.");
    await using open = await openPage(browser, `${stage.url}/#/${id}`);
    const { page } = open;
    await sees(page, "This server wants a token.");
    await page.getByLabel("Token").fill("wrong-token");
    await page.getByLabel("Token").press("Enter");
    await sees(page, "did not take this token");
    await page.getByLabel("Token").fill("right-token");
    await page.getByLabel("Token").press("Enter");
    await sees(page, "One line is to be changed.");
    await page.reload();
    await sees(page, "One line is to be changed.");
    expectQuiet(open);
  });

  it("is opened by a link with the token behind #, which is not kept in the address", async () => {
    await using stage = await openStage(edits, { token: "right-token" });
    const id = await prompted(stage, "Mend it.");
    await using open = await openPage(browser, `${stage.url}/inspector#/${id}?token=right-token`);
    await sees(open.page, "One line is to be changed.");
    expect(open.page.url()).toBe(`${stage.url}/inspector#/${id}`);
    expectQuiet(open);
  });
});

describe("the list of sessions", () => {
  it("is gone through with the keyboard, and shows what is prompted there", async () => {
    await using stage = await openStage(() => [text("Said and done.")]);
    for (const title of ["First", "Second"])
      await stage.holdfast.sessions.create({ location: { directory: stage.directory }, title });
    await using open = await openPage(browser, stage.url);
    const { page } = open;
    await page.getByRole("link", { name: "First" }).waitFor();
    expect(await page.locator(".session-title").allInnerTexts()).toEqual(["Second", "First"]);
    await page.getByRole("link", { name: "First" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Prompt").focus();
    await page.keyboard.type("Say it,");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("and do it.");
    await page.keyboard.press("Enter");
    await sees(page, "Said and done.");
    expect(await page.locator(".message.user").innerText()).toBe("Say it,\nand do it.");
    await page.setViewportSize({ width: 480, height: 860 });
    await sees(page, "Said and done.");
    await page.getByRole("link", { name: "All sessions" }).click();
    await page.getByRole("link", { name: "Second" }).click();
    await sees(page, "Nothing was said yet.");
    expectQuiet(open);
  });
});

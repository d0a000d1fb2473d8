import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";
import { expect } from "vitest";

import type { Browser, BrowserContext, Page } from "playwright-core";

const folder = fileURLToPath(new URL("../../../../docs/inspector/", import.meta.url));
const isWriting = process.env["HOLDFAST_SCREENSHOTS"] === "write";

/** A page of a browser, and what it complained of. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, and what the content policy refused. */
  readonly complaints: readonly string[];
}

export const launchChromium = (): Promise<Browser> => {
  const executablePath = process.env["HOLDFAST_CHROMIUM"];
  if (executablePath === undefined || executablePath === "")
    throw new Error("Expected HOLDFAST_CHROMIUM to name a browser. Run the browser tests with: npm run test:browser");
  return chromium.launch({ executablePath, args: ["--disable-gpu", "--disable-dev-shm-usage"] });
};

export const openPage = async (
  browser: Browser,
  url: string,
  { colorScheme = "light" }: { readonly colorScheme?: "light" | "dark" } = {},
): Promise<OpenPage> => {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1360, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  // A refused request is written there, too: what the server refuses is for the page to show.
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  await page.goto(url);
  return { page, context, complaints, [Symbol.asyncDispose]: () => context.close() };
};

/** Keeps a picture of a page, where that is asked for. */
export const picture = async (page: Page, name: string): Promise<void> => {
  if (!isWriting) return;
  mkdirSync(folder, { recursive: true });
  // Twice the same: only then is nothing about to change.
  await page.waitForTimeout(200);
  await page.screenshot({ path: `${folder}${name}.png`, animations: "disabled" });
};

/** Waits until a text is on the page. */
export const sees = async (page: Page, text: string | RegExp): Promise<void> => {
  await page.getByText(text).first().waitFor();
};

/** What the transcript says, without what only looks. */
export const transcriptOf = async (page: Page): Promise<string> =>
  page.getByRole("log", { name: "Transcript" }).innerText();

/** Nothing went wrong in the page. */
export const expectQuiet = ({ complaints }: OpenPage): void => expect(complaints).toEqual([]);

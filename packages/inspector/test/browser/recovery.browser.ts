import { createClient } from "@holdfast/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startChild } from "../../../../torture/src/child-process.ts";
import { expectQuiet, launchChromium, openPage, picture, sees } from "./chromium.ts";
import { scratch } from "./stage.ts";

import type { Browser } from "playwright-core";
import type { HostArgument } from "./host.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const startHost = async (argument: HostArgument) => {
  const child = startChild(new URL("host.ts", import.meta.url), { ...argument });
  const said = (await child.next()) as { readonly url: string };
  return { child, url: said.url };
};

describe("a session whose process was killed", () => {
  it("is parked in the next process, to which the open page turns by itself, goes on by a click, and shows its resume receipt with a verdict for each open call", async () => {
    await using place = await scratch();
    const first = await startHost({ root: place.root, isHolding: true });
    await using victim = first.child;
    await using client = createClient({ baseUrl: first.url });
    const { id } = await client.sessions.create({
      location: { directory: place.directory },
      title: "Roll out to Bergen",
    });
    await client.sessions.prompt({ sessionId: id, text: "Deploy the new version to Bergen." });
    const begun = [await victim.next(), await victim.next()];
    expect(begun).toEqual([{ begun: "deploy" }, { begun: "measure" }]);
    await using open = await openPage(browser, `${first.url}/#/${id}`);
    const { page } = open;
    await page.locator(".session .standing.running").waitFor();
    victim.kill("SIGKILL");
    expect((await victim.ended).signal).toBe("SIGKILL");
    await sees(page, "http.unreachable");

    // Another process at the same address: the page that is open goes on with it, by itself.
    const second = await startHost({ root: place.root, isHolding: false, port: Number(new URL(first.url).port) });
    await using _host = second.child;
    await page.locator(".session .standing.parked").waitFor();
    await page.locator(".session-row .standing.parked").waitFor();
    await sees(page, /^Parked\.$/);
    await page.locator(".dock .verdicts").waitFor();
    await page.locator(".problem").waitFor({ state: "detached" });
    await picture(page, "parked");
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator(".session .standing.completed").waitFor();

    const receipt = page.locator(".transcript .receipt");
    const shown = await receipt.innerText();
    expect(shown).toContain("Resume receipt");
    expect(shown).toMatch(/deploy\s+begun\s+unknown/);
    expect(shown).toMatch(/measure\s+begun\s+repeat/);
    expect(shown).toMatch(/all up to #\d+/);
    // The same in the log, where it stands among the boundaries.
    expect(await page.locator(".event.recovered .receipt").innerText()).toContain("Resume receipt");
    const marks = await page.locator(".event .boundary:not(.none)").allInnerTexts();
    expect(new Set(marks)).toEqual(new Set(["B0", "B1", "B2", "B3", "B4", "B5", "B6", "B7"]));
    await sees(page, "unknown-outcome");
    await page.locator(".session-row .standing.idle").waitFor();
    await picture(page, "recovered");
    expectQuiet(open);
  });
});

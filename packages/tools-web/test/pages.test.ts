import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { convertHtml } from "../src/convert.ts";

const folder = join(import.meta.dirname, "pages");
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".html"))
  .map((name) => name.slice(0, -".html".length));

/** Pages that say more in code than in a file. */
const made: Readonly<Record<string, string>> = {
  huge: `<h1>Huge</h1>${Array.from({ length: 3_000 }, (_, index) => `<p>Paragraph ${index} with <a href="/${index}">a link</a>.`).join("")}`,
  "deep-nesting": [
    `${"<div>".repeat(2_000)}<p>deep <b>text</b>${"</div>".repeat(2_000)}`,
    `${"<blockquote>".repeat(40)}forty quotes${"</blockquote>".repeat(40)}`,
    `${"<ul><li>".repeat(30)}thirty lists${"</ul>".repeat(30)}<p>out`,
  ].join("\n"),
};

const head = 500;

// Snapshots were read by a person, each beside its page. Of long ones the beginning and the end is kept.
describe("a page becomes the Markdown that was read by eye", () => {
  it.each([...names, ...Object.keys(made)])("%s", async (name) => {
    const html = made[name] ?? readFileSync(join(folder, `${name}.html`), "utf8");
    const { title, content } = convertHtml(html, { format: "markdown", url: "https://site.example/dir/page" });
    const kept = content.length > 5 * head ? `${content.slice(0, head)}\n[…]\n${content.slice(-head)}` : content;
    await expect(`${title === "" ? "" : `(title: ${title})\n`}${kept}\n`).toMatchFileSnapshot(
      join(folder, `${name}.md`),
    );
  });
});

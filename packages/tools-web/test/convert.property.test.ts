import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { convertHtml, convertPage } from "../src/convert.ts";

const names =
  "p div b i code a ul ol li table tr td th pre h2 blockquote dl dt dd br hr img span title script style svg base input q".split(
    " ",
  );

/** What pages are made of, in any order: opened and never closed, closed and never opened. */
const piece = fc.oneof(
  fc.constantFrom(...names).map((name) => `<${name}>`),
  fc.constantFrom(...names).map((name) => `</${name}>`),
  fc.constantFrom(
    '<a href="/x?a=1&amp;b">',
    '<td colspan="3">',
    '<li value="7">',
    '<ol start="-1">',
    "<p hidden>",
    '<img alt="a" src="b">',
    "<!--",
    "-->",
    "<![CDATA[",
    "&lt;",
    "&#x41",
    "<",
    "|",
    "```",
    "\n",
    " ",
    "*x*",
  ),
  fc.string({ maxLength: 12 }),
);
const page = fc.array(piece, { maxLength: 120 }).map((pieces) => pieces.join(""));
const options = { format: "markdown", url: "https://site.example/" } as const;

const base = (length: number) => `<base href="https://x.example/${"y".repeat(length)}/">`;

describe("any page", () => {
  it("is converted, to the same each time, in one go and in slices", async () => {
    await fc.assert(
      fc.asyncProperty(page, async (html) => {
        const once = convertHtml(html, options);
        expect(convertHtml(html, options)).toEqual(once);
        const job = { ...options, bytes: Buffer.from(html), charset: "utf-8" };
        const inSlices = await convertPage(job, new AbortController().signal);
        if (html.isWellFormed() && !html.startsWith("\uFEFF")) expect(inSlices).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });

  it("has no script, style or hidden text in any format", () => {
    fc.assert(
      fc.property(page, page, fc.constantFrom("markdown", "text", "html"), (before, inside, format) => {
        // Closed first, so that nothing before it swallows the tags.
        const open = `${before.replaceAll(/[<&]/g, "")}<script>SECRET1</script><style>SECRET2</style><p hidden>SECRET3</p>`;
        const { content } = convertHtml(`${open}<div>${inside.replaceAll("SECRET", "")}`, { ...options, format });
        expect(content).not.toContain("SECRET");
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    "<b>",
    "<ul><li>",
    "<blockquote>",
    "<table><tr><td>",
    "</i>",
    "<a href=x>",
    "<td>",
    "<![CDATA[",
    "&",
    "`",
    "<p hidden>",
  ])("of 200,000 times %s is converted, and no longer than it may be", (tag) => {
    const { content } = convertHtml(`<b>x${tag.repeat(200_000)}end`, { ...options, maxCharacters: 500_000 });
    expect(content.length).toBeLessThanOrEqual(500_000);
  });

  // Minutes, where a run is looked at again from each of its characters.
  it.each([" ", "\v", "\u3000"])("with 900,000 of the space %j in a row is converted", (space) => {
    const run = space.repeat(900_000);
    for (const html of [`${run}x`, `<h1>x<br>y${run}z`, `<a href=/x>x<br>y${run}z</a>`, `<td>a<td>x<br>y${run}z`])
      for (const format of ["markdown", "text", "html"] as const)
        expect(convertHtml(html, { ...options, format }).content).toMatch(/[xz]/);
  });

  it.each([
    ["a line", ""],
    ["a cell", "<td>a<td>"],
  ])("with 60,000 links in %s, below a base that makes each of them long, is cut where it is too long", (_, before) => {
    const links = `${before}<b>${"<a href=z>z</a>".repeat(60_000)}`;
    expect(convertHtml(base(8_000) + links, options).content).not.toContain("x.example");
    const cut = convertHtml(base(1_900) + links, { ...options, maxCharacters: 10_000 });
    expect(cut).toMatchObject({ isCut: true });
    expect(cut.content.length).toBe(10_000);
  });
});

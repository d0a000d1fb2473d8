// Converts a page of 5 MB once, by ours or by turndown, and says what it took of memory at its peak.
import { convertHtml } from "@holdfast/tools-web/convert";

import { makeMixed } from "./make-pages.ts";
import { openTurndown } from "./open-turndown.ts";

const isOurs = process.argv[2] === "ours";
const convert = isOurs
  ? (html: string) => convertHtml(html, { format: "markdown", url: "https://example.com/" }).content
  : openTurndown();
// What is loaded and compiled for any page is no part of the peak.
convert(makeMixed(1_000).html);
const { html } = makeMixed(5_000_000);
const base = process.resourceUsage().maxRSS;
const { length } = convert(html);
process.stdout.write(JSON.stringify({ peakMb: (process.resourceUsage().maxRSS - base) / 1024, length }));

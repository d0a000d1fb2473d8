import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

import { parseJson } from "@holdfast/core";
import { convertHtml, convertPage } from "@holdfast/tools-web/convert";
import * as z from "zod";

import { paired, within } from "../bench.ts";
import { makeMixed, makePages } from "./make-pages.ts";
import { openTurndown } from "./open-turndown.ts";

import type { Bench, Figure } from "../bench.ts";

const bytes = 300_000;
const rounds = 5;

/** Pages to Markdown, against turndown on the same pages; and what a page of 5 MB takes of memory in a fresh process. */
export const html: Bench = {
  name: "html",
  run: async () => {
    const turndown = openTurndown();
    const figures: Figure[] = [];
    for (const page of makePages(bytes)) {
      figures.push(
        await paired({
          bench: "html",
          metric: `time of 300 KB: ${page.name}`,
          unit: "ms",
          rounds,
          bound: { atMost: 1 },
          ours: timed(() => convertHtml(page.html, { format: "markdown", url: "https://example.com/" }).content),
          floor: timed(() => turndown(page.html)),
        }),
      );
    }
    const fixtures = await readFixtures();
    figures.push(
      await paired({
        bench: "html",
        metric: `time of the ${fixtures.length} fixtures of the tests, 20 times`,
        unit: "ms",
        rounds,
        bound: { atMost: 1 },
        ours: timed(() =>
          again(fixtures, (page) => convertHtml(page, { format: "markdown", url: "https://example.com/" }).content),
        ),
        floor: timed(() => again(fixtures, turndown)),
      }),
    );
    const memory = await paired({
      bench: "html",
      metric: "peak memory of 5 MB: mixed",
      unit: "MB",
      rounds: 3,
      bound: { atMost: 1 },
      ours: () => peakOf("ours"),
      floor: () => peakOf("turndown"),
    });
    const held: Figure[] = [];
    for (const [name, text] of Object.entries(slowPages())) {
      held.push(
        await within({
          bench: "html",
          metric: `longest hold of the event loop: ${name}`,
          unit: "ms",
          rounds: 3,
          atMost: 50,
          measure: () => longestHold(text),
        }),
      );
    }
    return [...figures, memory, ...held];
  },
};

const readFixtures = async (): Promise<readonly string[]> => {
  const folder = new URL("../../../packages/tools-web/test/pages/", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".html"));
  return Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
};

const again = (pages: readonly string[], convert: (page: string) => string): string =>
  Array.from({ length: 20 }, () => pages.map(convert).join("")).join("");

/** Pages just below what is converted in a thread, and one far above it. */
const slowPages = () => {
  const size = 1_000_000;
  const repeat = (text: string) => text.repeat(Math.floor(size / text.length));
  return {
    "1 MB, mixed": makeMixed(size).html,
    "1 MB of closing tags": `${"<b>".repeat(size / 6)}${"</i>".repeat(size / 8)}`,
    "1 MB of nested lists": repeat("<ul><li>"),
    "1 MB of table cells": `<table>${repeat("<td>x")}`,
    "1 MB of one text": repeat("a *b* [c] _d_ "),
    "5 MB, mixed": makeMixed(5_000_000).html,
  };
};

const longestHold = async (text: string): Promise<number> => {
  const bytes = Buffer.from(text);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await convertPage(
    { bytes, charset: "utf-8", format: "markdown", url: "https://example.com/" },
    new AbortController().signal,
  );
  // The last hold is seen once the loop has gone round.
  await setTimeout(5);
  delay.disable();
  return delay.max / 1e6;
};

const timed = (work: () => string) => async (): Promise<number> => {
  const startedAt = performance.now();
  if (work().length < 1_000) throw new Error("a page became nearly nothing");
  return performance.now() - startedAt;
};

const resultSchema = z.object({ peakMb: z.number() });

const peakOf = async (who: "ours" | "turndown"): Promise<number> => {
  const child = spawn(process.execPath, [new URL("convert-once.ts", import.meta.url).pathname, who], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output: Buffer[] = [];
  for await (const chunk of child.stdout) output.push(chunk as Buffer);
  const parsed = parseJson(Buffer.concat(output).toString());
  return resultSchema.parse(parsed.ok ? parsed.value : null).peakMb;
};

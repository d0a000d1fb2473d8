import { setImmediate } from "node:timers/promises";

import { Tokenizer } from "htmlparser2";

import { HtmlWriter } from "./html-writer.ts";
import { LinkTargets } from "./link-target.ts";
import { MarkdownWriter } from "./markdown-writer.ts";
import { TagWalker } from "./tag-walker.ts";
import { withoutInvisible } from "./without-invisible.ts";

/** What a page is made into. */
export type PageFormat = "markdown" | "text" | "html";

/** How a page is converted. */
export interface ConvertOptions {
  readonly format: PageFormat;
  /** What its links are relative to. */
  readonly url: string;
  /** Characters of the result after which the rest of the page is left out. Default 5 Mi. */
  readonly maxCharacters?: number | undefined;
}

/** A page that was converted. */
export interface ConvertedPage {
  /** What it calls itself; "" for nothing. */
  readonly title: string;
  readonly content: string;
  /** Whether its end was left out. */
  readonly isCut: boolean;
}

// A few milliseconds of work; between pieces others may run.
const pieceCharacters = 8 * 1024;
const sliceMs = 5;
const defaultCharacters = 5 * 1024 * 1024;

/** Converts a page in one go: for a thread of its own. */
export const convertHtml = (html: string, options: ConvertOptions): ConvertedPage => {
  const conversion = new Conversion(html, options);
  while (!conversion.step());
  return conversion.finish();
};

/** Converts a page a few milliseconds at a time, and lets the event loop run in between. */
export const convertHtmlInSlices = async (
  html: string,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<ConvertedPage> => {
  const conversion = new Conversion(html, options);
  let sliceEnd = performance.now() + sliceMs;
  while (!conversion.step()) {
    if (performance.now() < sliceEnd) continue;
    await setImmediate();
    signal.throwIfAborted();
    sliceEnd = performance.now() + sliceMs;
  }
  return conversion.finish();
};

class Conversion {
  readonly #html: string;
  readonly #writer: MarkdownWriter | HtmlWriter;
  readonly #tokenizer: Tokenizer;
  #at = 0;

  constructor(html: string, { format, url, maxCharacters = defaultCharacters }: ConvertOptions) {
    this.#html = html;
    const links = new LinkTargets(url);
    this.#writer =
      format === "html"
        ? new HtmlWriter(links, maxCharacters)
        : new MarkdownWriter({ links, isPlain: format === "text", maxCharacters });
    this.#tokenizer = new Tokenizer({ decodeEntities: true }, new TagWalker(html, this.#writer));
  }

  /** Reads one piece; whether it was the last. */
  step(): boolean {
    if (this.#at >= this.#html.length || this.#writer.isFull) return true;
    const end = this.#at + pieceCharacters;
    this.#tokenizer.write(this.#html.slice(this.#at, end));
    this.#at = end;
    return false;
  }

  finish(): ConvertedPage {
    const isCut = this.#writer.isFull;
    this.#tokenizer.end();
    const content = withoutInvisible(this.#writer.finish());
    return {
      title: this.#writer instanceof MarkdownWriter ? withoutInvisible(this.#writer.title) : "",
      content,
      isCut,
    };
  }
}

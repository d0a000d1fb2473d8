import { BlockOutput } from "./block-output.ts";
import { inlineElements } from "./element-kinds.ts";
import { escapeLineStarts } from "./escape-markdown.ts";
import { InlineText } from "./inline-text.ts";
import { joinLines } from "./join-lines.ts";
import { markOf } from "./mark-of.ts";
import { Preformatted } from "./preformatted.ts";
import { TableRows } from "./table-rows.ts";

import type { LinkTargets } from "./link-target.ts";
import type { Attributes, MarkupSink } from "./markup-sink.ts";

/** How a page is written. */
export interface MarkdownOptions {
  readonly links: LinkTargets;
  /** Without marks, links and images: text alone. */
  readonly isPlain: boolean;
  /** Characters after which nothing more is taken. */
  readonly maxCharacters: number;
}

interface List {
  next: number | undefined;
  isBegun: boolean;
}

/** Writes a page as Markdown while it is read; only tables are kept until they end. */
export class MarkdownWriter implements MarkupSink {
  readonly #links: LinkTargets;
  readonly #isPlain: boolean;
  readonly #blocks: BlockOutput;
  readonly #text: InlineText;
  readonly #lists: List[] = [];
  /** Null for one that only arranges the page. */
  readonly #tables: (TableRows | null)[] = [];
  #heading = 0;
  #pre: Preformatted | undefined;
  #title: string[] | undefined;
  /** What the page calls itself, once it was read. */
  title = "";

  constructor({ links, isPlain, maxCharacters }: MarkdownOptions) {
    this.#links = links;
    this.#isPlain = isPlain;
    this.#blocks = new BlockOutput(maxCharacters);
    this.#text = new InlineText(isPlain);
  }

  get isFull(): boolean {
    return this.#blocks.isFullWith(this.#tables.reduce((held, table) => held + (table?.held ?? 0), this.#text.held));
  }

  text(text: string): void {
    if (this.#title !== undefined) this.#title.push(text);
    else if (this.#pre === undefined) this.#text.add(text);
    else this.#pre.text(text);
  }

  open(name: string, attributes: Attributes): void {
    if (this.#pre !== undefined) return this.#pre.open(name, attributes);
    const mark = markOf(name, attributes, this.#links);
    if (mark !== undefined) return this.#text.open(mark);
    if (inlineElements.has(name)) return this.#openInline(name, attributes);
    this.#openBlock(name, attributes);
  }

  close(name: string): void {
    if (this.#pre !== undefined) {
      if (name === "pre") this.#closePre(this.#pre);
      else this.#pre.close(name);
      return;
    }
    if (markOf(name, undefined, this.#links) !== undefined) return this.#text.close();
    if (!inlineElements.has(name)) this.#closeBlock(name);
  }

  finish(): string {
    this.#flush();
    return this.#blocks.finish();
  }

  #openInline(name: string, attributes: Attributes): void {
    if (name === "br") this.#text.addMarked("\n");
    else if (name === "img" && !this.#isPlain) this.#addImage(attributes);
  }

  #addImage(attributes: Attributes): void {
    const source = this.#links.resolve(attributes.get("src"));
    const alt = attributes.get("alt")?.trim() ?? "";
    // An image without words is decoration.
    if (alt === "") return;
    if (source === undefined) this.#text.add(alt);
    else this.#text.addMarked(`![${alt.replaceAll(/[\s[\]]+/g, " ")}](${source})`);
  }

  #openBlock(name: string, attributes: Attributes): void {
    if (name === "title") {
      this.#title = [];
      return;
    }
    this.#flush();
    switch (name) {
      case "base":
        return this.#links.rebase(attributes.get("href") ?? "");
      case "input":
        return this.#text.addMarked(attributes.has("checked") ? "[x] " : "[ ] ");
      case "hr":
        this.#blocks.separate(2);
        this.#write("---");
        return this.#blocks.separate(2);
      case "pre":
        this.#pre = new Preformatted(attributes);
        return undefined;
      case "ul":
      case "ol":
      case "menu":
        return this.#openList(name, attributes);
      case "li":
        return this.#openItem(attributes);
      case "table":
        return this.#openTable(attributes);
      default:
        return this.#openPlace(name, attributes);
    }
  }

  #openPlace(name: string, attributes: Attributes): void {
    this.#blocks.separate(isTight(name) ? 1 : 2);
    const table = this.#tables.at(-1);
    if (name === "tr") this.#openRow(table);
    else if (name === "td" || name === "th") table?.beginCell(attributes);
    else if (/^h[1-6]$/.test(name)) this.#heading = Number(name[1]);
    else if (name === "blockquote" && !this.#isPlain) this.#blocks.enter("> ", "> ");
    else if (name === "dd") this.#blocks.enter(this.#isPlain ? "  " : ": ", "  ");
  }

  #closeBlock(name: string): void {
    if (name === "title") this.#closeTitle();
    if (name === "title" || name === "input") return;
    this.#flush();
    this.#leavePlace(name);
    this.#blocks.separate(isTight(name) || name === "dt" || (this.#lists.length > 0 && isList(name)) ? 1 : 2);
  }

  #closeTitle(): void {
    this.title ||= (this.#title ?? []).join("").replaceAll(/\s+/g, " ").trim();
    this.#title = undefined;
  }

  #leavePlace(name: string): void {
    if (name === "td" || name === "th") this.#tables.at(-1)?.endCell();
    else if (/^h[1-6]$/.test(name)) this.#heading = 0;
    else if (name === "li" || name === "dd" || (name === "blockquote" && !this.#isPlain)) this.#blocks.leave();
    else if (isList(name)) this.#lists.pop();
    else if (name === "table") this.#closeTable();
  }

  #openList(name: string, attributes: Attributes): void {
    const start = Number(attributes.get("start") ?? 1);
    this.#blocks.separate(this.#lists.length > 0 ? 1 : 2);
    if (this.#lists.length > 0) this.#blocks.tighten();
    this.#lists.push({
      next: name === "ol" ? (Number.isSafeInteger(start) && start >= 0 ? start : 1) : undefined,
      isBegun: false,
    });
  }

  #openItem(attributes: Attributes): void {
    const list = this.#lists.at(-1);
    const value = Number(attributes.get("value") ?? Number.NaN);
    if (list?.next !== undefined && Number.isSafeInteger(value) && value >= 0) list.next = value;
    const marker = list?.next === undefined ? "- " : `${list.next++}. `;
    if (list?.isBegun === true) this.#blocks.tighten();
    if (list !== undefined) list.isBegun = true;
    this.#blocks.enter(marker, " ".repeat(marker.length));
  }

  #openTable(attributes: Attributes): void {
    // A table within a cell: the one around it arranges the page.
    const outer = this.#tables.at(-1);
    if (outer != null) this.#dissolve(outer);
    this.#tables.push(attributes.get("role") === "presentation" ? null : new TableRows(this.#isPlain ? " " : "<br>"));
    this.#blocks.separate(2);
  }

  #openRow(table: TableRows | null | undefined): void {
    // What a long table has so far is written: one that fills a page is not kept whole.
    if (table?.isLong === true) this.#writeRows(table);
    table?.beginRow();
  }

  #closeTable(): void {
    const table = this.#tables.pop();
    if (table != null) this.#writeRows(table);
  }

  #writeRows(table: TableRows): void {
    if (!table.isContinued) this.#blocks.separate(2);
    const lines = table.takeLines(this.#isPlain);
    if (lines === undefined) this.#dissolve(table);
    else if (lines !== "") this.#write(lines);
  }

  #dissolve(table: TableRows): void {
    for (let at = 0; at < this.#tables.length; at++) if (this.#tables[at] === table) this.#tables[at] = null;
    for (const block of table.takeBlocks()) {
      this.#write(block);
      this.#blocks.separate(2);
    }
  }

  #closePre(pre: Preformatted): void {
    this.#pre = undefined;
    const block = pre.render(this.#isPlain ? "plain" : this.#cell === undefined ? "block" : "cell");
    if (block === "") return;
    this.#blocks.separate(2);
    this.#write(block);
    this.#blocks.separate(2);
  }

  /** Ends the text that is being read as a block of its own. */
  #flush(): void {
    const text = this.#text.take();
    if (text === "") return;
    if (this.#isPlain) return this.#write(text);
    if (this.#heading > 0) return this.#write(`${"#".repeat(this.#heading)} ${joinLines(text, " ")}`);
    this.#write(escapeLineStarts(text).replaceAll(/(?<=[^\n])\n(?=[^\n])/g, "  \n"));
  }

  #write(block: string): void {
    const table = this.#cell;
    if (table === undefined) this.#blocks.write(block);
    else table.addBlock(block);
  }

  /** The table whose cell is being read. */
  get #cell(): TableRows | undefined {
    const table = this.#tables.findLast((other) => other !== null);
    return table?.isInCell === true ? table : undefined;
  }
}

const tight = new Set("li dd td th tr thead tbody tfoot html head body".split(" "));

/** Whether no blank line stands around an element. */
const isTight = (name: string): boolean => tight.has(name);

const isList = (name: string): boolean => name === "ul" || name === "ol" || name === "menu";

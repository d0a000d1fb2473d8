import { inlineElements, voidElements } from "./element-kinds.ts";
import { withoutBlankLines } from "./join-lines.ts";

import type { LinkTargets } from "./link-target.ts";
import type { Attributes, MarkupSink } from "./markup-sink.ts";

/** Writes a page as HTML again: what is shown of it, without what acts, and with whole links. */
export class HtmlWriter implements MarkupSink {
  readonly #links: LinkTargets;
  readonly #maxCharacters: number;
  readonly #parts: string[] = [];
  #length = 0;

  constructor(links: LinkTargets, maxCharacters: number) {
    this.#links = links;
    this.#maxCharacters = maxCharacters;
  }

  get isFull(): boolean {
    return this.#length >= this.#maxCharacters;
  }

  open(name: string, attributes: Attributes): void {
    if (name === "base") this.#links.rebase(attributes.get("href") ?? "");
    if (unshown.has(name) || !/^[a-z][a-z0-9-]*$/.test(name)) return;
    let tag = `<${name}`;
    for (const [attribute, value] of attributes) {
      const kept =
        attribute === "href" || attribute === "src"
          ? this.#links.resolve(value)
          : shown.has(attribute)
            ? value
            : undefined;
      if (kept !== undefined) tag += ` ${attribute}="${encode(kept).replaceAll('"', "&quot;")}"`;
    }
    this.#put(`${tag}>`);
  }

  close(name: string): void {
    if (unshown.has(name) || voidElements.has(name) || !/^[a-z][a-z0-9-]*$/.test(name)) return;
    this.#put(inlineElements.has(name) ? `</${name}>` : `</${name}>\n`);
  }

  text(text: string): void {
    this.#put(encode(text));
  }

  finish(): string {
    return withoutBlankLines(this.#parts.join("").slice(0, this.#maxCharacters)).trim();
  }

  #put(text: string): void {
    if (this.isFull) return;
    this.#parts.push(text);
    this.#length += text.length;
  }
}

const shown = new Set(["alt", "class", "start", "value", "colspan", "role", "title", "type", "checked"]);
const unshown = new Set(["base", "link", "meta"]);

const encode = (text: string): string =>
  /[&<>]/.test(text) ? text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;") : text;

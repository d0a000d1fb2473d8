import { droppedElements, impliedEndOf, isBarrier, voidElements } from "./element-kinds.ts";
import { isHidden } from "./is-hidden.ts";

import type { TokenizerCallbacks } from "htmlparser2";
import type { Attributes, MarkupSink } from "./markup-sink.ts";

/** Deeper elements are read as if their tags were not there. */
const maxDepth = 256;
const maxAttribute = 8_192;

const wanted = new Set(
  "href src alt class start value hidden aria-hidden style align type checked colspan role title reversed".split(" "),
);
const none: Attributes = new Map();

/**
 * Makes paired elements of a page's tags: closes what closes itself, ignores closing tags of nothing, and leaves out what is not shown. Each tag
 * costs a bounded time, whatever came before it.
 */
export class TagWalker implements TokenizerCallbacks {
  readonly #html: string;
  readonly #sink: MarkupSink;
  readonly #stack: string[] = [];
  readonly #counts = new Map<string, number>();
  #overflow = 0;
  /** The depth at which something that is not shown began; 0 for none. */
  #dropFrom = 0;
  #name = "";
  #attributes = new Map<string, string>();
  #attribute: string | undefined;
  #value = "";

  constructor(html: string, sink: MarkupSink) {
    this.#html = html;
    this.#sink = sink;
  }

  onopentagname(start: number, end: number): void {
    this.#name = this.#html.slice(start, end).toLowerCase();
    if (this.#attributes.size > 0) this.#attributes = new Map();
  }

  onattribname(start: number, end: number): void {
    const name = this.#html.slice(start, Math.min(end, start + 32)).toLowerCase();
    this.#attribute = wanted.has(name) ? name : undefined;
    this.#value = "";
  }

  onattribdata(start: number, end: number): void {
    const room = maxAttribute - this.#value.length;
    if (this.#attribute !== undefined && room > 0) this.#value += this.#html.slice(start, Math.min(end, start + room));
  }

  onattribentity(codePoint: number): void {
    if (this.#attribute !== undefined) this.#value += String.fromCodePoint(codePoint);
  }

  onattribend(): void {
    if (this.#attribute !== undefined && !this.#attributes.has(this.#attribute))
      this.#attributes.set(this.#attribute, this.#value);
  }

  onopentagend(): void {
    this.#open(false);
  }

  onselfclosingtag(): void {
    this.#open(true);
  }

  onclosetag(start: number, end: number): void {
    const name = this.#html.slice(start, end).toLowerCase();
    // Some pages close what they mean to begin.
    if (name === "br" || (name === "p" && !this.#isOpen("p"))) {
      this.#name = name;
      this.#attributes = new Map();
      this.#open(false);
    }
    if (this.#overflow > 0) this.#overflow--;
    else if (this.#isOpen(name))
      this.#closeTo(
        (open) => open === name,
        (open) => isBarrier(open, name),
      );
  }

  ontext(start: number, end: number): void {
    if (this.#dropFrom === 0) this.#sink.text(this.#html.slice(start, end));
  }

  ontextentity(codePoint: number): void {
    if (this.#dropFrom === 0) this.#sink.text(String.fromCodePoint(codePoint));
  }

  onend(): void {
    while (this.#stack.length > 0) this.#pop();
  }

  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}

  #isOpen(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 0;
  }

  #open(isSelfClosing: boolean): void {
    const name = this.#name;
    const attributes = this.#attributes.size === 0 ? none : this.#attributes;
    const isDropping = this.#dropFrom > 0;
    if (!isDropping) this.#closeImplied(name);
    const isShown = !isDropping && !isUnshown(name, attributes);
    if (!voidElements.has(name)) {
      if (!isDropping || !isSelfClosing) this.#push({ name, attributes, isShown });
    } else if (isShown) {
      this.#sink.open(name, attributes);
      this.#sink.close(name);
    }
  }

  #push({ name, attributes, isShown }: OpenedElement): void {
    const isDropping = this.#dropFrom > 0;
    // What is not shown is not shown at any depth.
    if (this.#stack.length >= maxDepth && (isDropping || isShown)) {
      this.#overflow++;
      return;
    }
    this.#stack.push(name);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    if (isShown) this.#sink.open(name, attributes);
    else if (!isDropping) this.#dropFrom = this.#stack.length;
  }

  #closeImplied(name: string): void {
    const end = impliedEndOf(name);
    if (end !== undefined && this.#overflow === 0) this.#closeTo((open) => end.closes.has(open), end.until);
  }

  /** Closes up to the nearest element that is meant, unless something stands in between that it does not reach over. */
  #closeTo(isMeant: (name: string) => boolean, isBarred: (name: string) => boolean): void {
    for (let at = this.#stack.length - 1; at >= 0; at--) {
      const name = this.#stack[at] ?? "";
      if (isMeant(name)) {
        while (this.#stack.length > at) this.#pop();
        return;
      }
      if (isBarred(name)) return;
    }
  }

  #pop(): void {
    const depth = this.#stack.length;
    const name = this.#stack.pop() ?? "";
    this.#counts.set(name, (this.#counts.get(name) ?? 1) - 1);
    if (this.#dropFrom === 0) this.#sink.close(name);
    else if (this.#dropFrom === depth) this.#dropFrom = 0;
  }
}

interface OpenedElement {
  readonly name: string;
  readonly attributes: Attributes;
  readonly isShown: boolean;
}

/** A box to tick says something of its item, though no control is shown. */
const isUnshown = (name: string, attributes: Attributes): boolean =>
  (droppedElements.has(name) && attributes.get("type") !== "checkbox") || isHidden(attributes);

import { inlineElements } from "./element-kinds.ts";
import { fenceFor } from "./escape-markdown.ts";

import type { Attributes } from "./markup-sink.ts";

/** A text whose spaces and line ends stand for themselves. */
export class Preformatted {
  readonly #parts: string[] = [];
  #language: string;

  constructor(attributes: Attributes) {
    this.#language = languageOf(attributes);
  }

  text(text: string): void {
    this.#parts.push(text);
  }

  open(name: string, attributes: Attributes): void {
    if (name === "br") this.#parts.push("\n");
    else if (name === "code") this.#language ||= languageOf(attributes);
    else this.close(name);
  }

  /** A block within has lines of its own. */
  close(name: string): void {
    const last = this.#parts.at(-1);
    if (!inlineElements.has(name) && last !== undefined && !last.endsWith("\n")) this.#parts.push("\n");
  }

  /** As a block between fences, as lines of a table's cell, or as it is; "" for nothing. */
  render(place: "block" | "cell" | "plain"): string {
    const code = this.#parts.join("").replaceAll("\r\n", "\n").replace(/^\n/, "").trimEnd();
    if (code === "" || place === "plain") return code;
    if (place === "cell") return code.split("\n").filter(isFilled).map(inline).join("\n");
    const fence = fenceFor(code, 3);
    return `${fence}${this.#language}\n${code}\n${fence}`;
  }
}

const isFilled = (line: string): boolean => line.trim() !== "";

const inline = (line: string): string => `${fenceFor(line, 1)}${line}${fenceFor(line, 1)}`;

const languageOf = (attributes: Attributes): string =>
  /(?:^|\s)(?:language-|lang-|highlight-source-|brush:\s*)([\w+#.-]{1,30})/.exec(attributes.get("class") ?? "")?.[1] ??
  "";

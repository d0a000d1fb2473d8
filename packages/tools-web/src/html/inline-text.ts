import { escapeMarkdown, fenceFor } from "./escape-markdown.ts";
import { joinLines } from "./join-lines.ts";

/** How a part of a line is marked. */
export type Mark =
  | { readonly kind: "wrap"; readonly before: string; readonly after: string }
  | { readonly kind: "code" }
  | { readonly kind: "link"; readonly href: string };

interface Frame {
  readonly mark: Mark;
  parts: string[];
}

/** The text of the block that is being read, with what is marked in it. */
export class InlineText {
  readonly #isPlain: boolean;
  /** Null for what is marked already, or within code. */
  readonly #frames: (Frame | null)[] = [];
  #root: string[] = [];
  #top: string[] = this.#root;
  #isCode = false;
  #pending = "";
  #held = 0;

  constructor(isPlain: boolean) {
    this.#isPlain = isPlain;
  }

  /** How many characters it holds. */
  get held(): number {
    return this.#held;
  }

  /** A piece of a text. What it means is seen once all of its pieces are there. */
  add(text: string): void {
    this.#pending += text;
  }

  /** What is Markdown by itself. */
  addMarked(text: string): void {
    this.#settle();
    this.#hold(text);
  }

  open(mark: Mark): void {
    this.#settle();
    const isMarked =
      this.#isPlain || this.#isCode || this.#frames.some((frame) => frame !== null && isSame(frame.mark, mark));
    const frame = isMarked ? null : { mark, parts: [] };
    this.#frames.push(frame);
    if (frame === null) return;
    this.#top = frame.parts;
    if (mark.kind === "link") this.#held += mark.href.length;
    if (mark.kind === "code") this.#isCode = true;
  }

  close(): void {
    this.#settle();
    const frame = this.#frames.pop();
    if (frame == null) return;
    this.#top = this.#frames.findLast((other) => other !== null)?.parts ?? this.#root;
    this.#top.push(render(frame));
    if (frame.mark.kind === "code") this.#isCode = false;
  }

  /** The text so far, as one block. What is still marked goes on being marked in the next one. */
  take(): string {
    this.#settle();
    for (let at = this.#frames.length - 1; at >= 0; at--) {
      const frame = this.#frames[at];
      if (frame == null) continue;
      const below = this.#frames.slice(0, at).findLast((other) => other !== null)?.parts ?? this.#root;
      below.push(render(frame));
      frame.parts = [];
    }
    if (this.#root.length === 0) return "";
    const text = this.#root.join("");
    this.#root = [];
    this.#held = 0;
    this.#top = this.#frames.findLast((other) => other !== null)?.parts ?? this.#root;
    return text
      .replaceAll(/ {2,}/g, " ")
      .replaceAll(/ *\n */g, "\n")
      .replaceAll(/\n{3,}/g, "\n\n")
      .trim();
  }

  #settle(): void {
    if (this.#pending === "") return;
    const text = /[\t\n\r\f\u00A0]| {2}/.test(this.#pending)
      ? this.#pending.replaceAll(/[ \t\n\r\f\u00A0]+/g, " ")
      : this.#pending;
    this.#pending = "";
    this.#hold(this.#isPlain || this.#isCode ? text : escapeMarkdown(text));
  }

  #hold(text: string): void {
    this.#top.push(text);
    this.#held += text.length;
  }
}

const isSame = (left: Mark, right: Mark): boolean =>
  left.kind === right.kind && (left.kind !== "wrap" || right.kind !== "wrap" || left.before === right.before);

const render = ({ mark, parts }: Frame): string => {
  const content = parts.join("");
  const text = content.trim();
  if (text === "") return content === "" ? "" : " ";
  // A mark beside a space is none.
  const [before, after] = [/^\s/.test(content) ? " " : "", /\s$/.test(content) ? " " : ""];
  return before + renderMark(mark, text) + after;
};

const renderMark = (mark: Mark, text: string): string => {
  switch (mark.kind) {
    case "wrap":
      return mark.before + text + mark.after;
    case "link":
      return `[${joinLines(text, " ")}](${mark.href})`;
    default: {
      const code = text.replaceAll(/\s+/g, " ");
      const fence = fenceFor(code, 1);
      const pad = code.startsWith("`") || code.endsWith("`") ? " " : "";
      return fence + pad + code + pad + fence;
    }
  }
};

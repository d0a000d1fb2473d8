import { joinLines } from "./join-lines.ts";

import type { Attributes } from "./markup-sink.ts";

/** One cell, and how far it reaches. */
interface Cell {
  readonly span: number;
  readonly align: string;
  text: string;
}

const maxColumns = 100;
const manyRows = 500;

/** A table's rows, kept until its columns are known: from its end, or from its first 500 rows. */
export class TableRows {
  #rows: Cell[][] = [];
  /** What stands for the end of a line within a cell. */
  readonly #lineEnd: string;
  /** The cell that is being read. */
  #cell: Cell | undefined;
  /** Known once the first rows were taken. */
  #columns = 0;
  #held = 0;

  constructor(lineEnd: string) {
    this.#lineEnd = lineEnd;
  }

  /** How many characters it holds. */
  get held(): number {
    return this.#held;
  }

  get isInCell(): boolean {
    return this.#cell !== undefined;
  }

  get isLong(): boolean {
    return this.#rows.length >= manyRows;
  }

  /** Whether its first rows were taken. */
  get isContinued(): boolean {
    return this.#columns > 0;
  }

  beginRow(): void {
    this.#cell = undefined;
    this.#rows.push([]);
  }

  beginCell(attributes: Attributes): void {
    const span = Math.min(Math.max(1, Math.trunc(Number(attributes.get("colspan") ?? 1)) || 1), 20);
    if (this.#rows.length === 0) this.beginRow();
    const row = this.#rows.at(-1) ?? [];
    // What is more stands in the last one.
    this.#cell = row.length < maxColumns ? { span, align: alignOf(attributes), text: "" } : row.at(-1);
    if (this.#cell !== undefined && row.length < maxColumns) row.push(this.#cell);
  }

  /** A block of the cell. Blocks are on one line there. */
  addBlock(block: string): void {
    if (this.#cell === undefined) return;
    const text = (this.#cell.text === "" ? "" : this.#lineEnd) + joinLines(block, this.#lineEnd);
    this.#cell.text += text;
    this.#held += text.length;
  }

  endCell(): void {
    this.#cell = undefined;
  }

  /** What was read so far as blocks without a table, for one that only arranges a page. Then it is empty. */
  takeBlocks(): readonly string[] {
    const rows = this.#rows.splice(0);
    this.#held = 0;
    this.#cell = undefined;
    return rows
      .map((row) =>
        row
          .map(({ text }) => text.replaceAll("<br>", "\n"))
          .filter((text) => text !== "")
          .join(" "),
      )
      .filter((text) => text !== "");
  }

  /** The lines of what was read so far; undefined where it has fewer than two columns. Then it is empty. */
  takeLines(isPlain: boolean): string | undefined {
    const rows = this.#rows.filter((row) => row.some(({ text }) => text !== ""));
    const isFirst = !this.isContinued;
    const columns = isFirst ? columnsOf(rows) : this.#columns;
    if (columns < 2) return undefined;
    this.#columns = columns;
    this.#rows = [];
    this.#held = 0;
    const lines = rows.map((row, index) => {
      const cells = row.flatMap(({ text, span }) => [text, ...blanks(span - 1)]).slice(0, columns);
      if (isPlain) return cells.join(" | ").trimEnd();
      // Only the first row must have all of them.
      if (isFirst && index === 0) cells.push(...blanks(columns - cells.length));
      return `| ${cells.map((text) => text.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
    });
    if (isPlain || !isFirst) return lines.join("\n");
    const aligns = (rows[0] ?? []).flatMap(({ align, span }) => Array.from({ length: span }, () => align));
    const rule = Array.from({ length: columns }, (_, column) => aligns[column] ?? "---");
    return [lines[0], `| ${rule.join(" | ")} |`, ...lines.slice(1)].join("\n");
  }
}

/** One cell that spans a row says nothing of how many there are. */
const columnsOf = (rows: readonly (readonly Cell[])[]): number => {
  let columns = 0;
  for (const row of rows)
    columns = Math.max(columns, row.length === 1 ? 1 : row.reduce((sum, { span }) => sum + span, 0));
  return Math.min(columns, maxColumns);
};

const blanks = (count: number): readonly string[] => Array.from({ length: count }, () => "");

const alignOf = (attributes: Attributes): string => {
  const style = /text-align:\s*(\w+)/i.exec(attributes.get("style") ?? "")?.[1];
  switch ((attributes.get("align") ?? style)?.toLowerCase()) {
    case "right":
      return "---:";
    case "center":
      return ":---:";
    default:
      return "---";
  }
};

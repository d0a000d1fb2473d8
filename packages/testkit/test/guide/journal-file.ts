import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

import { HoldfastError } from "@holdfast/core";

import type { FaultPoints } from "@holdfast/core";

// #region file
/** A file of lines, each of which is a whole write. A line without its end is what a crash left of one, and is cut off. */
export class JournalFile {
  readonly #file: number;
  readonly #faults: FaultPoints | undefined;

  constructor(path: string, faults?: FaultPoints) {
    this.#file = openSync(path, "a+");
    this.#faults = faults;
  }

  read(): readonly string[] {
    const text = readFileSync(this.#file, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    ftruncateSync(this.#file, Buffer.byteLength(whole));
    return whole.split("\n").slice(0, -1);
  }

  /** All or nothing, whenever the process ends; with `fsyncSync` after it, whenever the power does too. */
  append(line: string): void {
    const { size } = fstatSync(this.#file);
    const [half, rest] = [line.slice(0, line.length / 2), `${line.slice(line.length / 2)}\n`];
    try {
      this.#faults?.reach("before the line");
      writeSync(this.#file, half);
      this.#faults?.reach("in the line");
      writeSync(this.#file, rest);
    } catch (cause) {
      ftruncateSync(this.#file, size);
      const message = "Writing the journal failed; nothing that was acknowledged is lost. Open it again.";
      throw new HoldfastError("store.io", { message, data: {}, cause });
    }
    this.#faults?.reach("after the line");
  }

  close(): void {
    closeSync(this.#file);
  }
}
// #endregion file

import { BoundedCapture } from "./bounded-capture.ts";
import { OutputSpool, readSpool } from "./output-spool.ts";

import type { CallOutputs } from "@holdfast/core/tool";
import type { CallFolder } from "./call-folder.ts";
import type { CapturedText } from "./bounded-capture.ts";

// Head and tail of what is shown; with the line between them and the last one, below what a runtime shows of a result.
const shownBytes = 22 * 1024;

/** The output of one command: its ends in memory, and all of it, up to 64 MiB, on the disk. */
export class CommandOutput implements Disposable {
  readonly #ends = new BoundedCapture(shownBytes);
  readonly #folder: CallFolder | undefined;
  readonly #spool: OutputSpool | undefined;
  /** Why not all of it could be written. */
  #failure: unknown;

  /** @param folder Where it is spooled; without one, only its ends are kept. */
  constructor(folder: CallFolder | undefined) {
    this.#folder = folder;
    this.#spool = folder === undefined ? undefined : new OutputSpool(folder.path);
  }

  push(piece: Uint8Array): void {
    this.#ends.push(piece);
    if (this.#failure !== undefined) return;
    try {
      this.#spool?.push(piece);
    } catch (error) {
      // No space, say. The command goes on, and its ends are shown.
      this.#failure = error;
    }
  }

  /** What is shown of it. Where that is not all, the whole is kept first. */
  async settle(outputs: Pick<CallOutputs, "keep">, onFailure: (error: unknown) => void): Promise<CapturedText> {
    if (!this.#ends.isCut) return this.#ends.toText();
    return this.#ends.toText(await this.keep(outputs, onFailure));
  }

  /** Keeps the whole, if there is anything; undefined where it could not be kept. */
  async keep(outputs: Pick<CallOutputs, "keep">, onFailure: (error: unknown) => void): Promise<string | undefined> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#folder === undefined || this.#ends.isEmpty) return undefined;
      return await outputs.keep(await readSpool(this.#folder.path));
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#spool?.[Symbol.dispose]();
  }
}

import { isNothingThere } from "../files/file-failure.ts";
import { toResource } from "../paths/lexical-path.ts";

import type { FileStat, FileSystem } from "../file-system.ts";

/** What is read of one file at most: more than the model is ever told of it. */
const mostBytes = 64 * 1024;

/** A text file that is looked at again and again, and read only where it is another one. */
export class WatchedFile {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #within: string | undefined;
  #last: { readonly signature: string; readonly text: string } | undefined;

  /** @param within The directory that it may not lead out of through links, canonical. Default: it may lead anywhere. */
  constructor(files: FileSystem, path: string, within?: string) {
    this.#files = files;
    this.#path = path;
    this.#within = within;
  }

  /**
   * Its text, at most 64 KiB of it; undefined where there is no file, or one that is not to be shown. Rejects where it cannot be read now:
   * then nobody knows what it says.
   *
   * @param mayShow Whether a file may be shown, by its canonical path: a link says nothing of what it leads to.
   */
  async read(mayShow: (canonical: string) => boolean): Promise<string | undefined> {
    let canonical: string;
    let found: FileStat;
    try {
      canonical = await this.#files.realpath(this.#path);
      found = await this.#files.stat(canonical);
    } catch (error) {
      if (isNothingThere(error) || isBelowFile(error)) return undefined;
      throw error;
    }
    if (found.kind !== "file") return undefined;
    // A project that comes from somebody else must not show a file of this machine's user to a model.
    if (this.#within !== undefined && toResource(canonical, this.#within) === undefined) return undefined;
    if (!mayShow(canonical)) return undefined;
    const signature = [found.device, found.inode, found.size, found.modified].join(" ");
    if (this.#last?.signature !== signature) this.#last = { signature, text: await this.#open(canonical) };
    return this.#last.text;
  }

  async #open(canonical: string): Promise<string> {
    await using handle = await this.#files.openRead(canonical);
    const buffer = Buffer.alloc(mostBytes);
    let length = 0;
    while (length < mostBytes) {
      const bytesRead = await handle.read(buffer.subarray(length), length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return new TextDecoder().decode(buffer.subarray(0, length));
  }
}

const isBelowFile = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOTDIR";

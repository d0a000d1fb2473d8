import { HoldfastError, toWellFormed } from "@holdfast/core";
import { toTextValue } from "@holdfast/core/event";

import { sha256 } from "../ports/sha256.ts";

import type { Blob, CallOutcome, InputFile } from "@holdfast/core/event";
import type { CallMedia } from "@holdfast/core/tool";
import type { Services } from "../services.ts";
import type { Settlement } from "./settlement.ts";

/** What a tool gives the model beside its text, in one call. */
export class AttachedMedia implements CallMedia {
  readonly #limits: Pick<Services["limits"], "files" | "fileBytes">;
  readonly #files: InputFile[] = [];
  readonly #blobs: Blob[] = [];
  #length = 0;

  constructor(limits: Pick<Services["limits"], "files" | "fileBytes">) {
    this.#limits = limits;
  }

  readonly attach: CallMedia["attach"] = ({ mediaType, name, content }) => {
    const { files, fileBytes } = this.#limits;
    if (this.#files.length >= files) throw refused(`more than ${files} files`);
    const length = Math.ceil(content.length / 3) * 4;
    if (this.#length + length > fileBytes) throw refused(`files of more than ${fileBytes} bytes of base64 together`);
    if (mediaType.length < 1 || mediaType.length > 255 || (name !== undefined && (name === "" || name.length > 255)))
      throw refused("a media type or a name that has not 1 to 255 characters");
    this.#length += length;
    const base64 = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("base64");
    const { value, blobs } = toTextValue(base64, sha256);
    const named = name === undefined ? {} : { name: toWellFormed(name) };
    this.#files.push({ mediaType: toWellFormed(mediaType), ...named, data: value });
    this.#blobs.push(...blobs);
  };

  /** What a call comes to with this beside its text: only of one that completed. */
  beside(outcome: CallOutcome): Settlement {
    const isShown = outcome.status === "completed" && this.#files.length > 0;
    return isShown ? { outcome, media: [...this.#files], blobs: [...this.#blobs] } : { outcome };
  }
}

const refused = (found: string): HoldfastError<"argument.invalid"> =>
  new HoldfastError("argument.invalid", {
    message: `A tool attached ${found} to the result of a call. Attach fewer or smaller ones, or let it refuse them.`,
    data: { found },
  });

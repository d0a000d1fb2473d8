import * as z from "zod";

import type { Hash } from "../ports/hash.ts";

/** Texts over this many UTF-8 bytes leave the event and become blobs: 256 KiB. */
export const maxInlineBytes = 256 * 1024;

/** A reference from an event to a content-addressed text of the store. */
export const blobRefSchema = z.object({
  /** SHA-256 of the text, as 64 hex digits. */
  $blob: z.string().regex(/^[0-9a-f]{64}$/),
  /** Length in UTF-8 bytes. */
  bytes: z.int().min(0),
});
export type BlobRef = z.infer<typeof blobRefSchema>;

/** A text in an event: itself, or a reference to its blob. */
export const textValueSchema = z.union([z.string(), blobRefSchema]);
export type TextValue = z.infer<typeof textValueSchema>;

/** A text on its way into the blobs of a store, in the plan that refers to it. */
export interface Blob {
  readonly hash: string;
  readonly bytes: number;
  readonly text: string;
}

/** A text made ready for an event: the value to put there, and the blobs that must travel in the same plan. */
export const toTextValue = (
  text: string,
  hash: Hash,
): { readonly value: TextValue; readonly blobs: readonly Blob[] } => {
  // A UTF-16 unit takes at most three bytes, so short texts need no count.
  if (text.length * 3 <= maxInlineBytes) return { value: text, blobs: [] };
  const bytes = utf8Bytes(text);
  if (bytes <= maxInlineBytes) return { value: text, blobs: [] };
  const blob = { hash: hash(text), bytes, text };
  return { value: { $blob: blob.hash, bytes }, blobs: [blob] };
};

/** Length of a text in UTF-8 bytes. */
export const utf8Bytes = (text: string): number => {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
};

const kinds: readonly (readonly [kind: string, at: number, bytes: string])[] = [
  ["a PNG image", 0, "\x89PNG\r\n\x1a\n"],
  ["a JPEG image", 0, "\xff\xd8\xff"],
  ["a GIF image", 0, "GIF8"],
  ["a WebP image", 8, "WEBP"],
  ["a PDF document", 0, "%PDF-"],
  ["a ZIP archive, or a document that is one", 0, "PK\x03\x04"],
  ["a gzip archive", 0, "\x1f\x8b"],
  ["an ELF program or library", 0, "\x7fELF"],
  ["an SQLite database", 0, "SQLite format 3\0"],
];

/** What a file that is no text seems to be, by its first bytes: 16 are enough. Undefined for what is not known. */
export const seemsToBe = (head: Uint8Array): string | undefined => {
  const text = Buffer.from(head.subarray(0, 16)).toString("latin1");
  return kinds.find(([, at, bytes]) => text.startsWith(bytes, at))?.[0];
};

const base64 = (text: string): Buffer => Buffer.from(text, "base64");

/** The smallest whole image of each format: 1 pixel, or 2 × 3 where a size is looked for. */
export const images = {
  png: base64("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  gif: base64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
  webp: base64("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"),
  /** Its header, a frame of 2 × 3 and its end: what is between says nothing of the size. */
  jpeg: Buffer.from(
    "ffd8ffe000104a46494600010100000100010000ffc0000b080003000201011100ffda00080101000000003f00ffd9",
    "hex",
  ),
} as const;

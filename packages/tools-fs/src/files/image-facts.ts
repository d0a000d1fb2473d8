import { seemsToBe } from "./seems-to-be.ts";

/** What an image's own bytes say of it. */
export interface ImageFacts {
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

interface Format {
  readonly mediaType: string;
  /** Undefined where the bytes end before it, or are no image of this format. */
  readonly sizeOf: (bytes: Buffer) => readonly [width: number, height: number] | undefined;
  /** Whether the end is there too: providers refuse what is cut short, with every request that holds it. */
  readonly isWhole: (bytes: Buffer) => boolean;
}

/** The media type of an image that models take, by its first bytes: 16 are enough. Undefined for anything else. */
export const imageTypeOf = (head: Uint8Array): string | undefined => formatOf(head)?.mediaType;

/** What an image is, from all of its bytes; undefined where they are cut short or damaged. */
export const imageFactsOf = (bytes: Buffer): ImageFacts | undefined => {
  const format = formatOf(bytes);
  const [width = 0, height = 0] = format?.sizeOf(bytes) ?? [];
  if (format === undefined || width === 0 || height === 0 || !format.isWhole(bytes)) return undefined;
  return { mediaType: format.mediaType, width, height };
};

const formatOf = (bytes: Uint8Array): Format | undefined => {
  const head = Buffer.from(bytes.subarray(0, 16));
  // A text may begin with the letters of a GIF. What follows in an image is never text.
  if (/^[\t\n\r\x20-\x7e]*$/.test(head.toString("latin1"))) return undefined;
  return formats.get(seemsToBe(head) ?? "");
};

const pngSize: Format["sizeOf"] = (bytes) =>
  bytes.length < 24 || bytes.toString("latin1", 12, 16) !== "IHDR"
    ? undefined
    : [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];

const gifSize: Format["sizeOf"] = (bytes) =>
  bytes.length < 10 ? undefined : [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];

/** Segments of a JPEG begin with FF, a marker and their length; the one that tells the size has a marker from C0 to CF, but for three. */
const jpegSize: Format["sizeOf"] = (bytes) => {
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    else at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
};

const webpSize: Format["sizeOf"] = (bytes) => {
  if (bytes.length < 30) return undefined;
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8X":
      return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1];
    case "VP8L": {
      const packed = bytes.readUInt32LE(21);
      return [(packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1];
    }
    case "VP8 ":
      return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
    default:
      return undefined;
  }
};

const formats: ReadonlyMap<string, Format> = new Map([
  ["a PNG image", { mediaType: "image/png", sizeOf: pngSize, isWhole: (bytes) => bytes.includes("IEND", -64 * 1024) }],
  [
    "a JPEG image",
    {
      mediaType: "image/jpeg",
      sizeOf: jpegSize,
      isWhole: (bytes) => bytes.lastIndexOf("\xff\xd9", undefined, "latin1") > 0,
    },
  ],
  ["a GIF image", { mediaType: "image/gif", sizeOf: gifSize, isWhole: (bytes) => bytes.lastIndexOf(0x3b) > 10 }],
  [
    "a WebP image",
    { mediaType: "image/webp", sizeOf: webpSize, isWhole: (bytes) => bytes.length >= bytes.readUInt32LE(4) + 8 },
  ],
]);

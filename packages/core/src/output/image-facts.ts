/** What an image's own bytes say of it. */
export interface ImageFacts {
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

/** 5 MiB as base64, and pixels of a side: the least that the large providers take of one image. */
export const imageLimits = { bytes: 3_932_160, side: 8_000 } as const;

interface Format {
  readonly mediaType: string;
  readonly isOne: (head: string) => boolean;
  /** Undefined where the bytes end before it, or are no image of this format. */
  readonly sizeOf: (bytes: DataView) => readonly [width: number, height: number] | undefined;
  /** Whether the end is there too: providers refuse what is cut short, with every request that holds it. */
  readonly isWhole: (bytes: Uint8Array) => boolean;
}

/** The media type of an image that models take, by its first bytes: 16 are enough. Undefined for anything else. */
export const imageTypeOf = (head: Uint8Array): string | undefined => formatOf(head)?.mediaType;

/** What an image is, from all of its bytes; undefined where they are cut short or damaged. */
export const imageFactsOf = (bytes: Uint8Array): ImageFacts | undefined => {
  const format = formatOf(bytes);
  const [width = 0, height = 0] = format?.sizeOf(viewOf(bytes)) ?? [];
  if (format === undefined || width === 0 || height === 0 || !format.isWhole(bytes)) return undefined;
  return { mediaType: format.mediaType, width, height };
};

const formatOf = (bytes: Uint8Array): Format | undefined => {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  // A text may begin with the letters of a GIF. What follows in an image is never text.
  if (/^[\t\n\r\x20-\x7e]*$/.test(head)) return undefined;
  return formats.find(({ isOne }) => isOne(head));
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const letters = (bytes: DataView, at: number): string =>
  String.fromCharCode(...new Uint8Array(bytes.buffer, bytes.byteOffset + at, 4));

const pngSize: Format["sizeOf"] = (bytes) =>
  bytes.byteLength < 24 || letters(bytes, 12) !== "IHDR" ? undefined : [bytes.getUint32(16), bytes.getUint32(20)];

const gifSize: Format["sizeOf"] = (bytes) =>
  bytes.byteLength < 10 ? undefined : [bytes.getUint16(6, true), bytes.getUint16(8, true)];

/** Segments of a JPEG begin with FF, a marker and their length; the one that tells the size has a marker from C0 to CF, but for three. */
const jpegFrame = (bytes: DataView): number | undefined => {
  for (let at = 2; at + 9 <= bytes.byteLength && bytes.getUint8(at) === 0xff;) {
    const marker = bytes.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return at;
    else at += 2 + bytes.getUint16(at + 2);
  }
  return undefined;
};

const jpegSize: Format["sizeOf"] = (bytes) => {
  const at = jpegFrame(bytes);
  return at === undefined ? undefined : [bytes.getUint16(at + 7), bytes.getUint16(at + 5)];
};

const webpSize: Format["sizeOf"] = (bytes) => {
  if (bytes.byteLength < 30) return undefined;
  switch (letters(bytes, 12)) {
    case "VP8X":
      return [(bytes.getUint32(23, true) >>> 8) + 1, (bytes.getUint32(26, true) >>> 8) + 1];
    case "VP8L": {
      const packed = bytes.getUint32(21, true);
      return [(packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1];
    }
    case "VP8 ":
      return [bytes.getUint16(26, true) & 0x3fff, bytes.getUint16(28, true) & 0x3fff];
    default:
      return undefined;
  }
};

const hasEnd = (bytes: Uint8Array, text: string): boolean =>
  new TextDecoder("latin1").decode(bytes.subarray(-64 * 1024)).includes(text);

/** A file may go on after its image. */
const lastIndexOf = (bytes: Uint8Array, ...pair: readonly [number, number]): number => {
  for (let at = bytes.length - 2; at >= 0; at--) if (bytes[at] === pair[0] && bytes[at + 1] === pair[1]) return at;
  return -1;
};

const formats: readonly Format[] = [
  {
    mediaType: "image/png",
    isOne: (head) => head.startsWith("\x89PNG\r\n\x1a\n"),
    sizeOf: pngSize,
    isWhole: (bytes) => hasEnd(bytes, "IEND"),
  },
  {
    mediaType: "image/jpeg",
    isOne: (head) => head.startsWith("\xff\xd8\xff"),
    sizeOf: jpegSize,
    // Before its frame may stand a small picture of it, with an end of its own.
    isWhole: (bytes) => lastIndexOf(bytes, 0xff, 0xd9) > (jpegFrame(viewOf(bytes)) ?? Infinity),
  },
  {
    mediaType: "image/gif",
    isOne: (head) => /^GIF8[79]a/.test(head),
    sizeOf: gifSize,
    isWhole: (bytes) => bytes.findLast((byte) => byte !== 0) === 0x3b,
  },
  {
    mediaType: "image/webp",
    isOne: (head) => head.startsWith("RIFF") && head.slice(8, 12) === "WEBP",
    sizeOf: webpSize,
    isWhole: (bytes) =>
      bytes.length >= 12 && bytes.length >= new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8,
  },
];

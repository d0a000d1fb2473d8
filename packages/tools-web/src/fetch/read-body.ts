import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip } from "node:zlib";

import { failed, tooLarge } from "./fetch-error.ts";
import { fetchLimits } from "./fetch-limits.ts";

import type { Transform } from "node:stream";
import type { Hop } from "./open-hop.ts";

/**
 * All of a body, decompressed as its header says, in pieces that are counted as they come.
 *
 * @throws fetch.too-large beyond `maxBytes`, on the wire or after decompression, or for one that grows more than 200 times in it. fetch.failed
 * for an encoding that was not asked for, and for a body that is cut short or damaged.
 */
export const readBody = async (
  { headers, body }: Pick<Hop, "headers" | "body">,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Buffer> => {
  if (Number(headers["content-length"] ?? 0) > maxBytes) throw exceeds(maxBytes);
  const encoding = String(headers["content-encoding"] ?? "identity")
    .trim()
    .toLowerCase();
  const decoder = decoderOf(encoding);
  const chunks: Buffer[] = [];
  let [received, total] = [0, 0];
  const count = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      received += chunk.length;
      if (received > maxBytes) throw exceeds(maxBytes);
      yield chunk;
    }
  };
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      total += chunk.length;
      if (total > maxBytes) throw exceeds(maxBytes);
      if (total > fetchLimits.ratioFromBytes && total > received * fetchLimits.maxRatio) throw grows(total, received);
      chunks.push(chunk);
    }
  };
  try {
    if (decoder === null) await pipeline(body, count, collect, { signal });
    else await pipeline(body, count, decoder, collect, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return Buffer.concat(chunks, total);
};

const decoderOf = (encoding: string): Transform | null => {
  switch (encoding) {
    case "":
    case "identity":
      return null;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "br":
      return createBrotliDecompress();
    default:
      throw failed(
        `Expected a body in one of the encodings gzip and br, found ${JSON.stringify(encoding.slice(0, 100))}. It was not read.`,
      );
  }
};

const exceeds = (maxBytes: number) =>
  tooLarge(`Expected a body of at most ${maxBytes} bytes, found more. Ask for something smaller.`, { maxBytes });

const grows = (total: number, received: number) =>
  tooLarge(
    `Expected a body that grows at most ${fetchLimits.maxRatio} times in decompression, found ${total} bytes of ${received}. It was not read further.`,
    { maxBytes: received * fetchLimits.maxRatio },
  );

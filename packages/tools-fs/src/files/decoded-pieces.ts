import { ToolFailure } from "@holdfast/core/tool";

import { utf16Of } from "../text/utf-16.ts";
import { seemsToBe } from "./seems-to-be.ts";

import type { ReadHandle } from "../file-system.ts";

const chunkBytes = 64 * 1024;

/**
 * A text file piece by piece, in UTF-8 or, with a byte order mark, UTF-16; read no further than it is asked for. Pieces hold whole
 * characters.
 *
 * @throws ToolFailure where it is no text.
 */
export async function* decodedPieces(
  handle: ReadHandle,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | undefined;
  let kind: string | undefined;
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let [position, bytesRead] = [0, 1]; bytesRead > 0; position += bytesRead) {
    signal.throwIfAborted();
    bytesRead = await handle.read(chunk, position);
    const bytes = chunk.subarray(0, bytesRead);
    if (decoder === undefined) {
      kind = seemsToBe(bytes);
      // Its own byte order mark is taken off; a NUL or an invalid sequence is what tells binary from text.
      decoder = new TextDecoder(utf16Of(bytes) ?? "utf-8", { fatal: true });
    }
    const text = decode(decoder, bytes);
    if (text === undefined || text.includes("\0")) throw binaryFailure(path, kind);
    yield text;
  }
}

const decode = (decoder: TextDecoder, bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes, { stream: bytes.length > 0 });
  } catch {
    // The one thing that it throws for is what is not in its encoding.
    return undefined;
  }
};

const binaryFailure = (path: string, kind: string | undefined): ToolFailure =>
  new ToolFailure(
    `${path} is no text: ${kind === undefined ? "it holds NUL characters or is not UTF-8" : `it seems to be ${kind}`}. Only text and images can be read.`,
  );

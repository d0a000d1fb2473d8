import { HoldfastError } from "@holdfast/core";

/**
 * The lines of a body, without their line breaks. A line is held until it is whole: how long the body may be bounds that.
 *
 * @throws argument.invalid where the bytes are no UTF-8.
 */
export async function* importLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const pieces = decode(decoder, chunk).split("\n");
    const last = pieces.pop() ?? "";
    for (const piece of pieces) {
      parts.push(piece);
      yield withoutReturn(parts.join(""));
      parts = [];
    }
    if (last !== "") parts.push(last);
  }
  const rest = parts.join("") + decode(decoder);
  if (rest !== "") yield withoutReturn(rest);
}

const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);

const decode = (decoder: TextDecoder, chunk?: Uint8Array): string => {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new HoldfastError("argument.invalid", {
      message:
        "Expected lines in UTF-8, found bytes that are none. Send what an export gave, byte for byte; nothing was done.",
      cause,
    });
  }
};

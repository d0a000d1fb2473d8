import type { BreakOff } from "../stream/frame-queue.ts";

const encoder = new TextEncoder();
/** Text that goes out together. */
const mostLength = 64 * 1024;

/**
 * The lines of an export as the body of an answer, read no faster than the client reads. What fails before the first line is thrown here; what
 * fails later breaks the body off, and its last line, which says that it is whole, is missing.
 */
export const exportBody = async (
  lines: AsyncIterable<string>,
  { breakOff, onError }: { readonly breakOff: BreakOff | undefined; readonly onError: (error: unknown) => void },
): Promise<ReadableStream<Uint8Array>> => {
  const reader = lines[Symbol.asyncIterator]();
  let next = await reader.next();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        let text = "";
        try {
          while (next.done !== true && text.length < mostLength) {
            text += `${next.value}\n`;
            next = await reader.next();
          }
        } catch (error) {
          onError(error);
          if (breakOff === undefined) throw new Error("the export could not be read to its end", { cause: error });
          breakOff();
          return;
        }
        if (text !== "") controller.enqueue(encoder.encode(text));
        else controller.close();
      },
      cancel: async () => {
        await reader.return?.();
      },
    },
    { highWaterMark: 0 },
  );
};

import { HoldfastError } from "@holdfast/core";
import { ToolFailure } from "@holdfast/core/tool";

import type { CallOutputs } from "@holdfast/core/tool";

/**
 * An output that was kept whole, piece by piece, read no further than it is asked for. NULs, which a text cannot show, stand as the
 * replacement character.
 *
 * @throws ToolFailure where this session has none such.
 */
export async function* outputPieces(
  outputs: Pick<CallOutputs, "read">,
  { reference, signal }: { readonly reference: string; readonly signal: AbortSignal },
): AsyncGenerator<string, void, undefined> {
  for (let [offset, size] = [0, 1]; offset < size;) {
    signal.throwIfAborted();
    const page = await outputs.read(reference, { offset }).catch((error: unknown) => {
      throw HoldfastError.isInstance(error, "output.not-found") ? noOutput(reference) : error;
    });
    yield page.text.replaceAll("\0", "\uFFFD");
    [offset, size] = [page.end, page.size];
  }
}

const noOutput = (reference: string): ToolFailure =>
  new ToolFailure(
    `This session has no output ${reference}. Only what its own results refer to can be read, and for 7 days: run the call again.`,
  );

import { HoldfastError } from "@holdfast/core/errors";

import { readJson } from "./attempt.ts";
import { toRequest } from "./request.ts";

import type { ImportOutcome, ImportSession } from "@holdfast/core";
import type { CallOptions } from "./client-options.ts";
import type { Wire } from "./wire.ts";

type Lines = ImportSession["lines"];

/** Sends a session's lines as they come; in browsers, which take no stream over HTTP/1.1, when all are there. */
export const importLines = async (
  wire: Wire,
  { lines, ...options }: ImportSession,
  call: CallOptions = {},
): Promise<ImportOutcome> => {
  const signal = wire.endingWith(call.signal);
  signal.throwIfAborted();
  assertLines(lines);
  const request = toRequest("POST /v1/import", options, "query");
  const source = new LineSource(lines);
  const body = "window" in globalThis || "WorkerGlobalScope" in globalThis ? await source.whole() : source.stream();
  const send = () => wire.send(request, { signal, body }, readJson);
  try {
    return (await wire.again(send, signal)) as ImportOutcome;
  } catch (error) {
    // What the caller's own lines threw is the caller's.
    if (source.failure !== undefined) throw source.failure.reason;
    throw error;
  }
};

const assertLines = (lines: unknown): void => {
  const isIterable =
    typeof lines === "object" && lines !== null && (Symbol.asyncIterator in lines || Symbol.iterator in lines);
  if (isIterable) return;
  throw new HoldfastError("argument.invalid", {
    message: `Expected lines to be what export() gave, an iterable of texts, found ${typeof lines}.`,
  });
};

/** The lines as a body. */
class LineSource {
  readonly #lines: Lines;
  /** What the lines threw, where they did. */
  failure: { readonly reason: unknown } | undefined;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  async whole(): Promise<Blob> {
    const parts: string[] = [];
    for await (const line of this.#lines) parts.push(line, "\n");
    return new Blob(parts);
  }

  stream(): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const lines = eachOf(this.#lines);
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await lines.next();
          if (done === true) controller.close();
          else controller.enqueue(encoder.encode(`${value}\n`));
        } catch (reason) {
          this.failure = { reason };
          controller.error(reason);
        }
      },
      cancel: () => void lines.return().catch(() => {}),
    });
  }
}

async function* eachOf(lines: Lines): AsyncGenerator<string, void, undefined> {
  yield* lines;
}

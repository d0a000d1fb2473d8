import { brokenStream } from "./provider-error.ts";

import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { StreamOp } from "./to-stream-ops.ts";

/**
 * The stream of a step. It stops when it is cancelled, and errors when the signal aborts, with an error of the provider's
 * and not with the signal's reason: so real providers do.
 */
export const playStep = (
  ops: readonly StreamOp[],
  signal: AbortSignal | undefined,
): ReadableStream<LanguageModelV4StreamPart> => new ReadableStream(new StepSource(ops, signal), { highWaterMark: 0 });

type Controller = ReadableStreamDefaultController<LanguageModelV4StreamPart>;

class StepSource {
  readonly #ops: readonly StreamOp[];
  readonly #signal: AbortSignal | undefined;
  #at = 0;
  #ended = false;
  #onAbort: (() => void) | undefined;

  constructor(ops: readonly StreamOp[], signal: AbortSignal | undefined) {
    this.#ops = ops;
    this.#signal = signal;
  }

  start(controller: Controller): void {
    if (this.#signal === undefined) return;
    this.#onAbort = () => {
      if (!this.#end()) return;
      controller.error(brokenStream("The request was aborted", this.#signal?.reason));
    };
    this.#signal.addEventListener("abort", this.#onAbort, { once: true });
    if (this.#signal.aborted) this.#onAbort();
  }

  pull(controller: Controller): Promise<void> | undefined {
    const op = this.#ops[this.#at];
    this.#at += 1;
    if (op === undefined) this.#close(controller);
    else if ("part" in op) controller.enqueue(op.part);
    // A promise is made only where the script waits: a step without a wait streams synchronously.
    else if (op.kind === "delay") return this.#resumeAfter(op.ms, controller);
    else if (op.kind === "wait") return this.#resumeAfter(op.gate, controller);
    else if (op.kind === "cut") this.#close(controller);
    else if (this.#end()) controller.error(op.error ?? brokenStream("The connection was reset"));
    return undefined;
  }

  cancel(): void {
    this.#end();
  }

  #close(controller: Controller): void {
    if (this.#end()) controller.close();
  }

  /** Whether this call ended it. */
  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#wake();
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
    return true;
  }

  #wake: () => void = () => {};

  async #resumeAfter(until: number | PromiseLike<unknown>, controller: Controller): Promise<void> {
    await this.#pause(until);
    if (!this.#ended) await this.pull(controller);
  }

  /** Until the time has passed or the gate is open, or the stream has ended. A gate that rejects is open too. */
  #pause(until: number | PromiseLike<unknown>): Promise<void> {
    return new Promise((resolve) => {
      if (typeof until === "number") {
        const timer = setTimeout(resolve, until);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      } else {
        this.#wake = resolve;
        until.then(
          () => resolve(),
          () => resolve(),
        );
      }
    });
  }
}

import { errorCatalogue, HoldfastError } from "@holdfast/core";

import { toProblem } from "./to-problem.ts";
import { withoutPaths } from "./without-paths.ts";

import type { Holdfast, Logger } from "@holdfast/core";
import type { Problem } from "@holdfast/core/wire";

/** The facade that is served, from the time at which it is being opened. */
export class Opening {
  readonly #logger: Logger;
  #state: { readonly holdfast: Holdfast } | { readonly problem: Problem };

  constructor(holdfast: Holdfast | Promise<Holdfast>, logger: Logger) {
    this.#logger = logger;
    if (!("then" in holdfast)) {
      this.#state = { holdfast };
      return;
    }
    this.#state = { problem: toProblem(notReady(), "opening", logger) };
    // Nobody waits for it: what becomes of it is what requests are told.
    void this.#settle(holdfast);
  }

  /** The facade, where it is open; else why it is not. */
  get state(): { readonly holdfast: Holdfast } | { readonly problem: Problem } {
    return this.#state;
  }

  async #settle(opening: Promise<Holdfast>): Promise<void> {
    try {
      this.#state = { holdfast: await opening };
    } catch (error) {
      this.#state = { problem: this.#failed(error) };
    }
  }

  /** Why it could not be opened: here clients are told the reason and the remedy, but where the files are. */
  #failed(error: unknown): Problem {
    const logged = { ...toProblem(error, "opening", this.#logger), status: 503 };
    if (!HoldfastError.isInstance(error)) {
      const { title, retryable } = errorCatalogue["http.not-ready"];
      return { ...logged, title, code: "http.not-ready", retryable };
    }
    return { ...logged, detail: withoutPaths(error.message) };
  }
}

const notReady = (): HoldfastError<"http.not-ready"> =>
  new HoldfastError("http.not-ready", {
    message: "The server is still opening its store, which a migration may take long for. Ask again in a moment.",
  });

import { noUsage } from "@holdfast/core/event";

import { toTokens } from "../model/estimate.ts";
import { member } from "../model/member.ts";
import { retryAdvice } from "../model/retry-advice.ts";
import { toFailure } from "../model/to-failure.ts";

import type { Clock } from "@holdfast/core";
import type { Failure, Usage } from "@holdfast/core/event";
import type { RetryAdvice } from "../model/retry-advice.ts";
import type { AttemptResult } from "./attempt-result.ts";

/** What was exchanged in an attempt. */
export interface Exchanged {
  /** Tokens of the request, as estimated. */
  readonly inputTokens: number;
  /** Characters of the answer that arrived. */
  readonly outputCharacters: number;
}

/** Reasons to stop that say that the answer is not whole: an error, and a stream that ended without the provider's last word. */
const incomplete: ReadonlySet<string | undefined> = new Set([undefined, "error", "interrupted"]);

/** Whether an answer is headed as something that is complete in itself. Streams have other types, and some providers say none. */
const isDocument = (type: unknown): type is string =>
  typeof type === "string" && /^\s*(?:text\/(?:html|plain)|application\/(?:json|xml))\b/i.test(type);

/** How an attempt comes to its end: what was heard last, and what went wrong first. */
export class AttemptEnd {
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  #finish: { readonly reason: string | undefined; readonly usage: Usage } | undefined;
  #failure: Failure | undefined;
  #advice: RetryAdvice = {};
  #contentType: unknown;

  /** @param signal Aborts where nobody wants the answer any more. */
  constructor(signal: AbortSignal, clock: Clock) {
    this.#signal = signal;
    this.#clock = clock;
  }

  /** Whether the answer is whole. */
  get isComplete(): boolean {
    return this.#failure === undefined && !incomplete.has(this.#finish?.reason);
  }

  /** Notes how the provider's answer is headed. */
  answered(headers: unknown): void {
    this.#contentType = member(headers, "content-type");
  }

  finished(reason: string | undefined, usage: Usage): void {
    this.#finish = { reason, usage };
  }

  /** Notes what a provider threw or put into its stream. The first one counts. */
  failed(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = toFailure(error);
    this.#advice = retryAdvice(error, this.#clock.now());
  }

  /** Does what is ours to do. If that fails, it is no fault of the provider's. */
  guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#failure ??= { class: "defect", message: toFailure(error).message };
    }
  }

  result(exchanged: Exchanged): AttemptResult {
    const finished = this.isComplete;
    const status = finished ? "finished" : this.#signal.aborted ? "cut" : "error";
    const finish = this.#finish?.reason;
    const failure = finished ? undefined : this.#reason(exchanged);
    return { status, finish, failure, advice: this.#advice, ...this.#usage(status, exchanged) };
  }

  /** As the provider reported it, or else as estimated; nothing for a request that was refused. */
  #usage(
    status: AttemptResult["status"],
    { inputTokens, outputCharacters }: Exchanged,
  ): Pick<AttemptResult, "usage" | "isEstimated"> {
    const usage = this.#finish?.usage ?? noUsage;
    const isReported = usage.input > 0 || usage.output > 0;
    if (isReported || (status === "error" && outputCharacters === 0)) return { usage, isEstimated: false };
    const estimate = { ...noUsage, input: inputTokens, output: toTokens(outputCharacters) };
    return { usage: estimate, isEstimated: true };
  }

  #reason({ outputCharacters }: Exchanged): Failure {
    const failure = this.#failure ?? this.#broken();
    const type = this.#contentType;
    if (failure.class !== "incomplete-stream" || outputCharacters > 0 || !isDocument(type)) return failure;
    // A sign-in page, or a server that does not stream: it will be the same the next time.
    const message = `Expected a stream, found an answer of the type ${type.slice(0, 100)}. Is it the address of a model?`;
    return { class: "invalid-request", message };
  }

  #broken(): Failure {
    return this.#signal.aborted
      ? { class: "aborted", message: "The request was stopped before its end." }
      : { class: "incomplete-stream", message: "The provider's stream ended before the answer was complete." };
  }
}

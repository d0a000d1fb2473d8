import { toTextValue } from "@holdfast/core/event";

import { sha256 } from "../ports/sha256.ts";
import { stopped } from "./call-outcomes.ts";

import type { CallId } from "@holdfast/core";
import type { CallOutcome } from "@holdfast/core/event";
import type { ProviderResult } from "../model/to-hosted-result.ts";
import type { Settlement } from "./settlement.ts";

/** How a call that its provider ran is settled. */
export interface HostedEnd extends Settlement {
  readonly callId: CallId;
}

/** The calls of one step that their provider runs, from what it says of them. Nothing of them ever runs here. */
export class HostedCalls {
  readonly #waiting: { readonly providerCallId: string; readonly callId: CallId }[] = [];

  add(providerCallId: string, callId: CallId): void {
    this.#waiting.push({ providerCallId, callId });
  }

  /** The end of the call that a result is for. Undefined for a call that nobody put down, or that has its result. */
  answer(answer: ProviderResult): HostedEnd | undefined {
    const index = this.#waiting.findIndex(({ providerCallId }) => providerCallId === answer.providerCallId);
    const [call] = index < 0 ? [] : this.#waiting.splice(index, 1);
    return call === undefined ? undefined : endOf(call.callId, answer);
  }

  /** Those that have no result although the answer is over. */
  unanswered(): readonly HostedEnd[] {
    return this.#waiting.splice(0).map(({ callId }) => ({ callId, outcome: unanswered }));
  }
}

/** Of a call that its provider was to run, and of which it said nothing more. */
export const unanswered: CallOutcome = stopped("infrastructure", "The provider was to run it and gave no result.");

const endOf = (callId: CallId, { result, isError, providerMetadata }: ProviderResult): HostedEnd => {
  if (result === undefined)
    return { callId, outcome: stopped("infrastructure", "The provider's result could not be kept.") };
  const { value: text, blobs } = toTextValue(result.json, sha256);
  const content = typeof result.value === "string" ? result.value : result.json;
  const outcome: CallOutcome = isError
    ? { status: "failed", kind: "tool-failure", content }
    : { status: "completed", content, ...(typeof result.value === "string" ? {} : { structured: result.value }) };
  const hosted = {
    result: text,
    ...(isError ? { isError } : {}),
    ...(providerMetadata === undefined ? {} : { providerMetadata }),
  };
  return { callId, outcome, hosted, blobs };
};

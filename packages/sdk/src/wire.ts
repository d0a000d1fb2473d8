import { HoldfastError } from "@holdfast/core/errors";

import { badAnswer, readJson, toRefusal, unreachable } from "./attempt.ts";
import { longestAfterMs, mostRetries, pauseMs } from "./pause.ts";
import { toRequest } from "./request.ts";

import type { Attempt } from "./attempt.ts";
import type { CallOptions, ClientOptions, ClientPorts } from "./client-options.ts";
import type { Answers } from "./answers.ts";
import type { Route, WireRequest } from "./request.ts";

/** The longest that a call waits for its answer, in milliseconds. Long polls end before. */
const answerMs = 60_000;
const firstPauseMs = 250;

/** How a call is made. */
export interface WireCall extends CallOptions {
  /** Whether it may be made again after it failed on its way. Default: reads may. */
  readonly isRepeatable?: boolean | undefined;
  /** Told each time that it is. */
  readonly onRepeat?: () => void;
}

/** How one request is sent. */
export interface Sending {
  readonly signal: AbortSignal;
  readonly accept?: string;
  readonly lastEventId?: string | undefined;
  readonly body?: BodyInit | undefined;
}

/** Requests of one client, and what becomes of them. */
export class Wire {
  readonly ports: ClientPorts;
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof globalThis.fetch;
  readonly #signal: AbortSignal;

  constructor({ baseUrl, token, headers, fetch, signal }: ClientOptions, ports: ClientPorts, disposal: AbortSignal) {
    if (!/^https?:\/\/[^?#]+$/.test(baseUrl)) {
      throw new HoldfastError("argument.invalid", {
        message: `Expected baseUrl to be a URL such as http://127.0.0.1:4530, found ${JSON.stringify(baseUrl)}.`,
      });
    }
    this.ports = ports;
    this.#base = baseUrl.replace(/\/+$/, "");
    this.#headers = { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    // Looked up now and called without an object: browsers refuse theirs under another one.
    this.#fetch = fetch ?? globalThis.fetch;
    this.#signal = signal === undefined ? disposal : AbortSignal.any([disposal, signal]);
  }

  /** Calls a method of the facade, by its route. */
  async call<TRoute extends Route>(
    route: TRoute,
    argument: object,
    { signal, isRepeatable = route.startsWith("GET"), onRepeat }: WireCall = {},
  ): Promise<Answers[TRoute & keyof Answers]> {
    const ends = this.endingWith(signal);
    ends.throwIfAborted();
    const request = toRequest(route, argument);
    const attempt = () =>
      this.send(request, { signal: AbortSignal.any([ends, AbortSignal.timeout(answerMs)]) }, readJson);
    const answer = await this.again(attempt, ends, isRepeatable ? (onRepeat ?? (() => {})) : undefined);
    return answer as Answers[TRoute & keyof Answers];
  }

  /** Makes attempts until one succeeds or fails for good; the first one only, where nobody is told of more. */
  async again<T>(attempt: () => Promise<Attempt<T>>, signal: AbortSignal, onRepeat?: () => void): Promise<T> {
    for (let failures = 0; ; failures++) {
      const found = await attempt();
      signal.throwIfAborted();
      if ("value" in found) return found.value;
      const { error, isPassing, afterMs = 0 } = found;
      if (onRepeat === undefined || !isPassing || failures === mostRetries || afterMs > longestAfterMs) throw error;
      const { random, sleep } = this.ports;
      await sleep(pauseMs(failures, random, { firstMs: firstPauseMs, afterMs }), signal);
      onRepeat();
    }
  }

  /** Sends one request, once. Rejects only where its signal ended it, with the signal's reason. */
  async send<T>(
    { route, path, method, body }: WireRequest,
    { signal, accept = "application/json", lastEventId, body: stream }: Sending,
    read: (response: Response) => Promise<Attempt<T>>,
  ): Promise<Attempt<T>> {
    const fetch = this.#fetch;
    try {
      const response = await fetch(`${this.#base}${path}`, {
        method,
        headers: {
          ...this.#headers,
          accept,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(stream === undefined ? {} : { "content-type": "application/x-ndjson" }),
          ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
        },
        body: body ?? stream ?? null,
        cache: "no-store",
        signal,
        // A body that is a stream wants to be told so, and the types of the DOM do not know it.
        ...(stream === undefined ? {} : { duplex: "half" }),
      });
      if (!response.ok) return await toRefusal(response);
      const type = response.headers.get("content-type") ?? "no content type";
      if (type.startsWith(accept)) return await read(response);
      await response.body?.cancel();
      return { error: badAnswer(type, { status: response.status }), isPassing: false };
    } catch (cause) {
      return { error: unreachable(route, cause), isPassing: true };
    }
  }

  /** Aborts when one of these signals or the client's does, with its reason. */
  endingWith(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
    const given = signals.filter((signal) => signal !== undefined);
    return given.length === 0 ? this.#signal : AbortSignal.any([this.#signal, ...given]);
  }
}

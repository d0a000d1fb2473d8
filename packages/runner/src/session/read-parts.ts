import { setImmediate as nextTurn } from "node:timers/promises";

import { member } from "../model/member.ts";
import { defaultWatchdogLimits, Watchdog } from "./watchdog.ts";

import type { LanguageModelV4StreamPart, LanguageModelV4StreamResult } from "@ai-sdk/provider";
import type { Clock } from "@holdfast/core";
import type { WatchdogLimits } from "./watchdog.ts";

/** What a part was: nothing that counts, something that does, or the last one that matters. */
export type TakenAs = "noise" | "news" | "last";

/** Makes a request. The signal aborts when nobody waits for its answer any more. */
export type MakeRequest = (signal: AbortSignal) => PromiseLike<LanguageModelV4StreamResult>;

/** How an answer is read. */
export interface PartReading {
  readonly clock: Clock;
  /** Stops the reading. */
  readonly signal: AbortSignal;
  readonly limits?: WatchdogLimits | undefined;
  /** Hears of the answer's headers, where the provider tells them. */
  readonly onHeaders?: (headers: unknown) => void;
  readonly take: (part: LanguageModelV4StreamPart) => TakenAs;
}

/** Parts after which the event loop gets its turn: a stream that is always ready would never let it. */
const partsPerTurn = 128;

/** How long a stream may stay open after its last part. */
const closingMs = 1_000;

/**
 * Makes a request and hands its parts on, up to the last one that matters. It ends at once when the signal aborts, whatever the
 * provider does about it: no request, read or cancellation is waited for then, and a stream that comes late is cancelled.
 *
 * @throws the signal's reason, the watchdog's failure, and whatever the provider or `take` threw.
 */
export const readParts = async (makeRequest: MakeRequest, reading: PartReading): Promise<void> => {
  const { signal, clock } = reading;
  signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  // Not the caller's signal: a request that is given up is to stop too, and the caller goes on.
  const request = new AbortController();
  const stop = (reason: unknown): void => {
    stopped.reject(reason);
    request.abort(reason);
  };
  const onAbort = (): void => stop(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  using watchdog = new Watchdog(clock, reading.limits ?? defaultWatchdogLimits, stop);
  try {
    // Once for the whole answer: a race for each part would cost more than the part.
    await Promise.race([pump(makeRequest, request, { ...reading, watchdog }), stopped.promise]);
  } catch (error) {
    request.abort(error);
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
};

const pump = async (
  makeRequest: MakeRequest,
  request: AbortController,
  { clock, onHeaders, take, watchdog }: PartReading & { readonly watchdog: Watchdog },
): Promise<void> => {
  const { stream, response } = await makeRequest(request.signal);
  onHeaders?.(member(response, "headers"));
  const reader = stream.getReader();
  if (request.signal.aborted) return leave(reader, request.signal.reason);
  request.signal.addEventListener("abort", () => leave(reader, request.signal.reason), { once: true });
  let parts = 0;
  for (let next = await reader.read(); !next.done && !request.signal.aborted; next = await reader.read()) {
    const taken = take(next.value);
    if (taken === "last") {
      // What comes after the end of an answer cannot fail it.
      letClose(reader, clock).catch(() => undefined);
      return;
    }
    if (taken === "news") watchdog.heard();
    if (++parts % partsPerTurn === 0) await nextTurn();
  }
};

const closed = new Error("the stream is closed");

type PartReader = ReadableStreamDefaultReader<LanguageModelV4StreamPart>;

/** Ends a pending read and closes the socket. A provider that fails at that is left all the same. */
const leave = (reader: PartReader, reason?: unknown): void => {
  try {
    reader.cancel(reason).catch(() => undefined);
  } catch {
    // A stream of the provider's own making that throws here has nothing else to be told.
  }
};

/**
 * Reads on behind the turn's back until the stream closes, for a while: middleware may do its work in a flush that a cancelled stream
 * never reaches, and a connection whose answer was read to its end is used again by the next request.
 */
const letClose = async (reader: PartReader, clock: Clock): Promise<void> => {
  const limit: { over?: AbortController; passed: boolean } = { passed: false };
  const giveUp = async (signal: AbortSignal): Promise<void> => {
    await clock.sleep(closingMs, signal);
    limit.passed = true;
    leave(reader);
  };
  // Most streams are closed by then, and a sleep costs more than reading to their end.
  const start = setImmediate(() => {
    limit.over = new AbortController();
    // The sleep rejects where the stream closed before.
    giveUp(limit.over.signal).catch(() => undefined);
  });
  try {
    let parts = 0;
    for (let next = await reader.read(); !next.done && !limit.passed; next = await reader.read()) {
      if (++parts % partsPerTurn === 0) await nextTurn();
    }
  } finally {
    clearImmediate(start);
    limit.over?.abort(closed);
  }
};

import { HoldfastError } from "@holdfast/core";
import { hookCatalogue } from "@holdfast/core/plugin";

import { reasonOf } from "../reason-of.ts";
import { inTime, isPromise } from "./answer-within.ts";

import type { TapInfo } from "@holdfast/core";
import type { HookName, LocationHooks, TapOrder } from "@holdfast/core/plugin";
import type { Services } from "../services.ts";
import type { AnswerLimit } from "./answer-within.ts";
import type { UseCount } from "./use-count.ts";

/** Whose tap it is, and where. */
export interface TapPlace {
  readonly plugin: string;
  readonly hook: HookName;
  readonly directory: string;
  readonly order: TapOrder;
  /** Who decides now: the plugin is not closed before it has, or has had its time. */
  readonly uses: UseCount;
}

/** One tap of one plugin, as data: hung into each set of hooks that is compiled while its plugin is there, and counted over all of them. */
export class TapRecord {
  readonly #place: TapPlace;
  readonly #services: Services;
  #calls = 0;
  #failures = 0;
  #totalMs = 0;
  #longestMs = 0;
  #lastFailure: string | undefined;
  /** Hangs it into a set of hooks that is being compiled. */
  readonly hang: (hooks: LocationHooks) => void;

  constructor(place: TapPlace, services: Services, hang: (hooks: LocationHooks) => void) {
    this.#place = place;
    this.#services = services;
    this.hang = hang;
  }

  get hook(): HookName {
    return this.#place.hook;
  }

  /** As tapable takes it. */
  get options(): { readonly name: string; readonly stage: number; readonly before?: string } {
    const { plugin, order } = this.#place;
    return { name: plugin, stage: order.stage ?? 0, ...(order.before === undefined ? {} : { before: order.before }) };
  }

  /**
   * What the tap answers, within the limit of its hook.
   *
   * @param read Makes what is needed of an answer; undefined for one that cannot be read.
   * @throws plugin.hook-failed, which names plugin, hook and Location, after it was counted and reported.
   */
  async ask<TAnswer, T>(run: () => Promise<TAnswer> | TAnswer, read: (answer: TAnswer) => T | undefined): Promise<T> {
    const { clock } = this.#services;
    const { hook, uses } = this.#place;
    const isDeciding = hookCatalogue[hook].kind === "decides";
    if (isDeciding) this.#services.rest.throwIfAborted();
    const startedAt = clock.monotonic();
    this.#calls += 1;
    if (isDeciding) uses.enter();
    try {
      const answer = run();
      const found = read(isPromise(answer) ? await inTime(answer, startedAt, this.#limit()) : answer);
      if (found !== undefined) return found;
      throw new Error("it answered what cannot be read. Return what it was given, changed or not, or nothing");
    } catch (error) {
      // It is nobody's fault that nobody hears it any more.
      if (isDeciding) this.#services.rest.throwIfAborted();
      throw this.#failed(error);
    } finally {
      if (isDeciding) uses.leave();
      const tookMs = clock.monotonic() - startedAt;
      this.#totalMs += tookMs;
      this.#longestMs = Math.max(this.#longestMs, tookMs);
    }
  }

  #limit(): AnswerLimit {
    const { hook } = this.#place;
    const { clock, disposal, rest } = this.#services;
    const { kind, limitMs } = hookCatalogue[hook];
    const late = (): Error => new Error(`it did not answer within ${limitMs} ms. Make it quicker`);
    // A runtime that is disposed of waits for no plugin to come, and for no answer that nobody needs. What begun calls come to is still shaped.
    if (hook === "opening") return { clock, limitMs, late, signal: disposal };
    return { clock, limitMs, late, ...(kind === "decides" ? { signal: rest } : {}) };
  }

  /** What is known of it. */
  info(): TapInfo {
    const { plugin, hook } = this.#place;
    const { name: _, ...order } = this.options;
    return {
      hook,
      plugin,
      ...order,
      calls: this.#calls,
      failures: this.#failures,
      totalMs: this.#totalMs,
      longestMs: this.#longestMs,
      ...(this.#lastFailure === undefined ? {} : { lastFailure: this.#lastFailure }),
    };
  }

  #failed(error: unknown): HoldfastError<"plugin.hook-failed"> {
    const { plugin, hook, directory } = this.#place;
    const reason = reasonOf(error);
    this.#failures += 1;
    this.#lastFailure = reason;
    this.#services.logger.error(`a tap of ${hook} failed`, { plugin, hook, directory, reason });
    return new HoldfastError("plugin.hook-failed", {
      message: `Plugin "${plugin}" failed in ${hook} at ${directory}: ${reason}.`,
      data: { plugin, hook, directory },
      cause: error,
    });
  }
}

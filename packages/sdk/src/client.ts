import type { Holdfast } from "@holdfast/core";
import type { CallOptions } from "./client-options.ts";

/** A group of the facade, each of whose methods also takes a signal. */
export type WithSignal<TGroup> = {
  readonly [TName in keyof TGroup]: TGroup[TName] extends (...args: infer TArguments) => infer TResult
    ? (...args: [...TArguments, options?: CallOptions]) => TResult
    : never;
};

/** The groups of a facade. */
type Groups = Omit<Holdfast, typeof Symbol.asyncDispose>;

/**
 * The facade over HTTP: what the facade of `@holdfast/core` promises, this keeps, with the same types and error codes. Disposing of it ends
 * what it has open and every later call, as `runtime.disposed`; the server and its sessions go on.
 *
 * A request that failed on its way is made again, at most 4 times and with growing pauses, only where that cannot do anything twice: reads,
 * prompts with an `id` or an `idempotencyKey`, creations and forks with an `id`, answers, deletions of sessions. What the facade itself
 * refuses is passed on at once.
 *
 * @throws http.unreachable where no answer came. Of what is not repeated it is then not known whether the server has done it.
 * @throws http.bad-answer where what answers is no server of Holdfast.
 */
export type Client = { readonly [TGroup in keyof Groups]: WithSignal<Groups[TGroup]> } & AsyncDisposable;

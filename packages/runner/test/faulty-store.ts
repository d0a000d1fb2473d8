import { HoldfastError } from "@holdfast/core";
import { createMemoryStore } from "@holdfast/testkit";

import type { ErrorCode } from "@holdfast/core";
import type { EventType } from "@holdfast/core/event";
import type { CommitPlan, Store } from "@holdfast/core/store";

/** Methods of a store that a test puts itself in front of. */
export type Detours = { readonly [M in keyof Store]?: Store[M] };

/** A store with detours; everything else goes straight on. */
export const withDetours = (store: Store, detours: Detours): Store =>
  new Proxy(store, {
    get: (target, key) => {
      const detour: unknown = Reflect.get(detours, key);
      if (detour !== undefined) return detour;
      const member: unknown = Reflect.get(target, key, target);
      // An arrow: AsyncDisposableStack takes no bound function for a disposer (Node 24).
      return typeof member === "function" ? (...args: unknown[]) => Reflect.apply(member, target, args) : member;
    },
  });

/** A failure of the store that passes. */
export const passing = (code: ErrorCode): HoldfastError =>
  new HoldfastError(code, { message: "Expected a store that works, found one that a test makes fail. Try again." });

/** A memory store that fails once: the first time that the method is called and the call is the one that is meant. */
export const failingOnce = <TMethod extends "commit" | "renew" | "snapshot">(
  method: TMethod,
  code: ErrorCode,
  isMeant: (argument: Parameters<Store[TMethod]>[0]) => boolean = () => true,
): Store => {
  const store = createMemoryStore();
  let hasFailed = false;
  const detour = async (argument: Parameters<Store[TMethod]>[0]): Promise<unknown> => {
    if (!hasFailed && isMeant(argument)) {
      hasFailed = true;
      throw passing(code);
    }
    return (store[method] as (argument: unknown) => Promise<unknown>)(argument);
  };
  return withDetours(store, { [method]: detour });
};

/** Whether a plan holds an event of a type. */
export const holds =
  (type: EventType) =>
  ({ events }: CommitPlan): boolean =>
    events.some((event) => event.type === type);

import type { HookName } from "./hooks.ts";

/** What a hook promises: hosts keep it, and the reference is made from it. */
export interface HookPromise {
  /** `decides`: the taps run one after the other, and each may change the outcome. `watches`: each is told by itself, and changes nothing. */
  readonly kind: "decides" | "watches";
  readonly when: string;
  readonly order: string;
  /** What becomes of the matter where a tap throws, takes too long or answers what cannot be read. */
  readonly failure: string;
  /** What it means that a tap answers nothing. */
  readonly silence: string;
  /** How long one tap may take, in milliseconds. */
  readonly limitMs: number;
}

/** What each hook promises. */
export const hookCatalogue = {
  toolCallAuthorizing: {
    kind: "decides",
    when: "Before a call begins, after its input was checked and the rules were asked.",
    order:
      "By stage, then in the order of the plugins. Each may only tighten, allow < ask < deny, so that no order of taps loosens a denial.",
    failure: "The call is denied.",
    silence: "The call stays as it was.",
    limitMs: 10_000,
  },
  eventsCommitted: {
    kind: "watches",
    when: "After this process committed events of a session at this Location; at most once for each.",
    order:
      "Each tap is told of commits one after the other, in their order, and waits for no other tap. At most 1,000 wait for one; what comes then is dropped, and reported.",
    failure: "It is reported to the log, and changes nothing.",
    silence: "Nothing: what it answers is not looked at.",
    limitMs: 10_000,
  },
} as const satisfies { readonly [THook in HookName]: HookPromise };

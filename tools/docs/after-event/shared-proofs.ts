import type { Proof } from "../proof.ts";

export const runner = "packages/runner/test";
export const kit = "packages/testkit/src";

export const kill: Proof = {
  title: "a process that is killed right after any durable boundary loses nothing, repeats nothing, and is taken over",
  file: "torture/src/kill/kill.ts",
};
/** Given a log that ends so, what recovery adds to it. */
export const follows: Proof = { title: "after $after it $does", file: `${runner}/laws-last-event.test.ts` };
/** What recovery does with what was last said to the inbox. */
export const inbox: Proof = {
  title: "after what was last said to the inbox, recovery starts what is consented to, and leaves the rest unclaimed",
  file: `${runner}/laws-wakes.test.ts`,
};
export const asksKilled: Proof = {
  title: "killed right after %s, a process loses neither the ask nor the call",
  file: `${runner}/asks.proc.test.ts`,
};
export const effects: Proof = {
  title:
    "whatever kills a process, no effect of a tool is repeated that must not be, what recovery says of it is so, and no ask is lost",
  file: "torture/src/effects/effects.ts",
};
export const openCall: Proof = { title: "$call: $by $does", file: `${runner}/recovery.test.ts` };
export const charged: Proof = {
  title: "an attempt that was killed is charged the estimate that its beginning recorded, whoever ends it",
  file: `${runner}/charges.test.ts`,
};
export const asRecorded: Proof = {
  title: "law 12 rebuilt: after each plan of a whole conversation the rows equal the log projected again",
  file: `${kit}/store-contract/projections.ts`,
};

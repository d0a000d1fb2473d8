import type { Proof } from "../proof.ts";

/** What holds in an awkward state, and the tests that would fail if it did not. */
export interface Law {
  readonly holds: string;
  readonly provedBy: readonly Proof[];
}

/** Laws of one matter. */
export interface LawSection {
  readonly title: string;
  readonly laws: readonly Law[];
}

import type { Proof } from "../proof.ts";

/** What holds when an event is the last one before a crash. */
export interface AfterEvent {
  /** What may be assumed, whoever reads it. */
  readonly certain: string;
  /** What recovery does about it, once an owner is proven gone and somebody consented. */
  readonly recovery: string;
  readonly provedBy: readonly Proof[];
}

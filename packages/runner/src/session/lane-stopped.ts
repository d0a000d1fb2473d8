/**
 * Why the work on an execution stops before its end. `interrupted`: somebody asked for it, durably. `fenced`: another process owns
 * it now. `disposed`: this runtime is closing. `broken`: the store failed. `rested`: all that is open waits for a person, for long.
 */
export type StopKind = "interrupted" | "fenced" | "disposed" | "broken" | "rested";

/** The reason of a lane's abort signal. Never shown to a model, and no failure of a tool. */
export class LaneStopped extends Error {
  override readonly name = "LaneStopped";
  readonly kind: StopKind;

  constructor(kind: StopKind, cause?: unknown) {
    super(`the work on this execution stopped: ${kind}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

import type { AskEnd } from "./ask-end.ts";

/** Thrown inside a call that may not go on. Ends it with this reason; no failure of the tool. */
export class CallDenied extends Error {
  override readonly name = "CallDenied";
  readonly reason: "denied-by-policy" | "denied-by-user";

  constructor(reason: CallDenied["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Why a call may not go on although a person was to be asked; undefined where the person answered, which is then the caller's to read.
 *
 * @param what The beginning of a sentence.
 */
export const denialOf = (end: AskEnd, what: string): CallDenied | undefined => {
  if (end.ended === "refused") return new CallDenied("denied-by-policy", `${what}, and ${end.why}.`);
  if (end.ended === "answered") {
    const { answer } = end;
    if (answer.kind !== "permission" || answer.reply !== "deny") return undefined;
    return new CallDenied("denied-by-user", answer.feedback === undefined ? "" : `The user says: ${answer.feedback}`);
  }
  const { reason, feedback } = end;
  if (reason === "time") return new CallDenied("denied-by-policy", `${what}, and nobody answered in time.`);
  if (reason === "denied") {
    const said = feedback === undefined ? "" : ` The user says: ${feedback}`;
    return new CallDenied("denied-by-user", `It was declined together with another call.${said}`);
  }
  return new CallDenied("denied-by-user", "The user did not answer what it asked, and went on.");
};

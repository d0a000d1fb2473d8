import { AttemptFailed } from "./attempt-failed.ts";

/**
 * Characters that one answer may have: text, reasoning and inputs of calls together. The longest answers that models are built to
 * give are some 4 MiB (a million tokens); what goes on beyond four times that is a runaway, and would fill memory and the log.
 */
const maxCharacters = 16 * 1024 * 1024;

/** What a block, a call or any other part counts beside its text: about what its event takes in the log. */
const partCharacters = 1024;

/** Counts one answer, so that no provider can make it endless. */
export class AnswerMeter {
  #left = maxCharacters;

  /** @throws AttemptFailed where the answer is larger than any that is meant. */
  count(characters: number): void {
    this.#left -= characters;
    if (this.#left >= 0) return;
    const message = `The provider's answer went on beyond ${maxCharacters / 1024 / 1024} Mi characters, and was left there.`;
    throw new AttemptFailed({ class: "incomplete-stream", message });
  }

  /** Counts a part, and the text that comes with it. */
  countPart(characters = 0): void {
    this.count(partCharacters + characters);
  }
}

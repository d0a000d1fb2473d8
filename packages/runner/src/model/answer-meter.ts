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
  #characters = 0;
  #parts = 0;

  /** Characters of text, reasoning and inputs so far. */
  get characters(): number {
    return this.#characters;
  }

  /** @throws AttemptFailed where the answer is larger than any that is meant. */
  count(characters: number): void {
    this.#characters += characters;
    if (this.#characters + this.#parts * partCharacters <= maxCharacters) return;
    const message = `The provider's answer went on beyond ${maxCharacters / 1024 / 1024} Mi characters, and was left there.`;
    // Four more of them would cost as much each.
    throw new AttemptFailed({ class: "incomplete-stream", message }, { isFinal: true });
  }

  /** Counts a part, and the text that comes with it. */
  countPart(characters = 0): void {
    this.#parts += 1;
    this.count(characters);
  }
}

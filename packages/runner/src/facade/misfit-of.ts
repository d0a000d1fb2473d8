import type { AskAnswer, AskQuestion, AskShown } from "@holdfast/core/event";

/** Why an answer is none to what was shown, as the end of a sentence; undefined where it is one. */
export const misfitOf = (shown: AskShown, answer: AskAnswer): string | undefined => {
  if (shown.kind !== answer.kind) return `it answers a ${answer.kind}, and the ask is a ${shown.kind}`;
  if (shown.kind === "permission" && answer.kind === "permission") {
    const cannot = answer.reply === "always" && shown.always.length === 0;
    return cannot ? 'it says "always", and there is nothing that could be approved for good' : undefined;
  }
  if (shown.kind !== "question" || answer.kind !== "question" || answer.answers === undefined) return undefined;
  if (answer.answers.length !== shown.questions.length)
    return `it holds ${answer.answers.length} answers to ${shown.questions.length} questions`;
  return shown.questions.map((question, index) => misfitOfOne(question, answer.answers?.[index] ?? [])).find(Boolean);
};

const misfitOfOne = (
  { question, options, multiple, custom }: AskQuestion,
  chosen: readonly string[],
): string | undefined => {
  const name = JSON.stringify(question.slice(0, 80));
  if (!multiple && chosen.length > 1) return `it holds ${chosen.length} answers to ${name}, which takes one`;
  const foreign = custom ? undefined : chosen.find((label) => !options.some((option) => option.label === label));
  return foreign === undefined
    ? undefined
    : `${JSON.stringify(foreign.slice(0, 80))} is none of the options of ${name}`;
};

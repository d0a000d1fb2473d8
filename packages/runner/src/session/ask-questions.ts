import { HoldfastError } from "@holdfast/core";
import { askQuestionSchema } from "@holdfast/core/event";
import * as z from "zod";

import { askCall } from "./ask-call.ts";
import { CallDenied, denialOf } from "./call-denied.ts";

import type { PrepareContext } from "@holdfast/core/tool";
import type { AuthorizedCall } from "./authorize-call.ts";
import type { Lane } from "./lane.ts";

const { question, header, options, multiple, custom } = askQuestionSchema.shape;
const { label, description } = options.element.shape;
/** As it is shown, but that a tool may leave out what has a default. */
const questionsSchema = z.strictObject({
  questions: z
    .array(
      z.strictObject({
        question,
        header: header.unwrap().optional(),
        options: z
          .array(z.strictObject({ label, description: description.unwrap().optional() }))
          .max(20)
          .default([]),
        multiple: multiple.default(false),
        custom: custom.default(true),
      }),
    )
    .min(1)
    .max(10),
});

/** What `ctx.ask` does: asks a person, and returns the answers in their order. A dismissal interrupts the activity. */
export const askQuestions = async (
  lane: Lane,
  { call, tool, aside }: AuthorizedCall,
  request: Parameters<PrepareContext["ask"]>[0],
): ReturnType<PrepareContext["ask"]> => {
  const checked = questionsSchema.safeParse(request);
  if (!checked.success) {
    throw new HoldfastError("argument.invalid", {
      message: `Tool "${tool}" asked questions that do not fit: ${checked.error.message}. Ask 1 to 10 questions within their bounds.`,
      data: { tool },
    });
  }
  const questions = checked.data.questions.map(({ header: name, options: choices, ...rest }) => ({
    ...rest,
    ...(name === undefined ? {} : { header: name }),
    options: choices.map((choice) => ({
      label: choice.label,
      ...(choice.description === undefined ? {} : { description: choice.description }),
    })),
  }));
  const end = await askCall(lane, { call, shown: { kind: "question", tool, questions }, aside });
  const denial = denialOf(end, "It asks a person");
  if (denial !== undefined) throw denial;
  if (end.ended === "answered" && end.answer.kind === "question" && end.answer.answers !== undefined)
    return end.answer.answers;
  // The request to interrupt is in the very commit of the dismissal.
  lane.stop("interrupted");
  throw new CallDenied("denied-by-user", "The user dismissed the question.");
};

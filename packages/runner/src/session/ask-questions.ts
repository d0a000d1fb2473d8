import { HoldfastError } from "@holdfast/core";
import * as z from "zod";

import { askCall } from "./ask-call.ts";
import { CallDenied, denialOf } from "./call-denied.ts";

import type { PrepareContext } from "@holdfast/core/tool";
import type { AuthorizedCall } from "./authorize-call.ts";
import type { Lane } from "./lane.ts";

const label = z.string().min(1).max(200);
const questionsSchema = z.strictObject({
  questions: z
    .array(
      z.strictObject({
        question: z.string().min(1).max(2_000),
        header: z.string().max(80).optional(),
        options: z
          .array(z.strictObject({ label, description: z.string().max(10_000).optional() }))
          .max(20)
          .default([]),
        multiple: z.boolean().default(false),
        custom: z.boolean().default(true),
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
  const questions = checked.data.questions.map(({ question, header, options, multiple, custom }) => ({
    question,
    multiple,
    custom,
    options: options.map(({ label: name, description }) => ({
      label: name,
      ...(description === undefined ? {} : { description }),
    })),
    ...(header === undefined ? {} : { header }),
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

import { defineTool } from "@holdfast/core/tool";
import * as z from "zod";

import type { Tool } from "@holdfast/core/tool";

const inputSchema = z.strictObject({
  questions: z
    .array(
      z.strictObject({
        question: z.string().min(1).max(2_000).describe("The whole question"),
        header: z.string().min(1).max(80).optional().describe("A few words that name it"),
        options: z
          .array(
            z.strictObject({
              label: z.string().min(1).max(200).describe("What is chosen, in a few words"),
              description: z.string().max(10_000).optional().describe("What choosing it means"),
            }),
          )
          .max(20)
          .optional()
          .describe("What the user may choose from"),
        multiple: z.boolean().optional().describe("Whether more than one option may be chosen. Default false"),
        custom: z.boolean().optional().describe("Whether an answer in own words is possible. Default true"),
      }),
    )
    .min(1)
    .max(10)
    .describe("All that you want to know, 1 to 10 questions"),
});

const answersSchema = z.array(
  z.strictObject({
    question: z.string(),
    /** What was chosen, or said in own words. */
    answers: z.array(z.string()),
  }),
);

/**
 * Lets the model ask the user: 1 to 10 questions in one ask. It needs no permission, since it does nothing but ask; a rule that denies it is
 * obeyed. The answers are what is recorded as its effect, so recovery may run it again and asks nobody twice.
 */
export const createQuestionTool = (): Tool =>
  defineTool({
    name: "question",
    description:
      "Asks the user, and waits for the answers. Use it where only the user can decide or knows; ask all that you need to know at once.",
    input: inputSchema,
    output: answersSchema,
    replay: "safe",
    prepare: async ({ questions }, ctx) => {
      const answers = await ctx.ask({ questions });
      return questions.map(({ question }, index) => ({ question, answers: [...(answers[index] ?? [])] }));
    },
    // What was answered was recorded before this runs.
    execute: (_input, ctx) => {
      ctx.signal.throwIfAborted();
      return answersSchema.parse(ctx.effect);
    },
    present: (answered) =>
      answered
        .map(({ question, answers }) => `${question}\n${answers.length === 0 ? "(no answer)" : answers.join("\n")}`)
        .join("\n\n"),
  });

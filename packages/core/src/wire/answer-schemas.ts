import * as z from "zod";

import { todoSchema } from "../event/todo-events.ts";
import { answerReceiptSchema, approvalSchema, askInfoSchema, askPageSchema, explanationSchema } from "./ask-answers.ts";
import { eventPageSchema } from "./event-answers.ts";
import { fileListSchema, locationInfoSchema, modelInfoSchema, outputWindowSchema } from "./host-answers.ts";
import { inputChangeSchema, interruptOutcomeSchema, pendingInputSchema, receiptSchema } from "./inbox-answers.ts";
import { messagePageSchema } from "./message-answers.ts";
import {
  activeSessionSchema,
  deleteOutcomeSchema,
  importOutcomeSchema,
  recoveryInfoSchema,
  releaseOutcomeSchema,
  resumeOutcomeSchema,
  sessionContextSchema,
  sessionInfoSchema,
  sessionPageSchema,
  waitOutcomeSchema,
} from "./session-answers.ts";

import type { AnswerName } from "./route.ts";

/** What each answer that is one JSON value holds, by the name that the table of routes gives it. */
export const answerSchemas = {
  session: sessionInfoSchema,
  sessionPage: sessionPageSchema,
  activeSessions: z.object({ sessions: z.array(activeSessionSchema) }),
  deleteOutcome: deleteOutcomeSchema,
  releaseOutcome: releaseOutcomeSchema,
  importOutcome: importOutcomeSchema,
  receipt: receiptSchema,
  pendingInputs: z.object({ inputs: z.array(pendingInputSchema) }),
  inputChange: inputChangeSchema,
  interruptOutcome: interruptOutcomeSchema,
  resumeOutcome: resumeOutcomeSchema,
  waitOutcome: waitOutcomeSchema,
  recoveryInfo: recoveryInfoSchema,
  messagePage: messagePageSchema,
  sessionContext: sessionContextSchema,
  todos: z.object({ todos: z.array(todoSchema) }),
  eventPage: eventPageSchema,
  outputWindow: outputWindowSchema,
  askPage: askPageSchema,
  ask: askInfoSchema,
  answerReceipt: answerReceiptSchema,
  explanation: explanationSchema,
  approvals: z.object({ approvals: z.array(approvalSchema) }),
  revocation: z.object({ revoked: z.boolean() }),
  locations: z.object({ locations: z.array(locationInfoSchema) }),
  fileList: fileListSchema,
  models: z.object({ models: z.array(modelInfoSchema) }),
} as const satisfies Record<AnswerName, z.ZodType>;

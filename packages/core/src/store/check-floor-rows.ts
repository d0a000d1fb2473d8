import * as z from "zod";

import { utf8Bytes } from "../event/blob-ref.ts";
import { mostContextBytes, mostRemovalCharacters } from "../event/context-events.ts";
import { todoListSchema } from "../event/todo-events.ts";
import { readCanonical } from "../json/read-canonical.ts";
import { ruleSchema } from "../permission/rule.ts";
import { locationSchema } from "../session/location.ts";
import { modelRefSchema } from "../session/model-ref.ts";
import { importMalformed } from "./import-refusals.ts";

import type { Floor } from "./floor.ts";
import type { AttemptRow, CompactionRow, ContextRow, ExecutionRow, SessionRow, StepRow, TodoRow } from "./rows.ts";

/**
 * What no shape says of a floor's rows: that they may all have been true where the log begins, and that their texts can be read.
 *
 * @throws import.malformed
 */
export const assertFloorRows = ({ sessionId, seq, rows }: Floor): void => {
  const [session, execution, step, attempt] = [rows.session[0], rows.execution[0], rows.step[0], rows.attempt[0]];
  const unmet = [
    ...(session === undefined ? ["the row of the session"] : ofSession(session)),
    ...(execution === undefined ? ["the row of an execution"] : ofExecution(execution, seq)),
    ...(step === undefined ? [] : ofStep(step, seq)),
    ...(attempt === undefined ? [] : ofAttempt(attempt, step)),
    ...rows.todo.flatMap((todo) => ofTodo(todo, seq)),
    ...rows.compaction.flatMap((compaction) => ofCompaction(compaction, seq)),
    ...rows.context.flatMap((context) => ofContext(context, seq)),
  ];
  if (unmet[0] !== undefined) throw importMalformed({ sessionId, seq }, unmet[0], "another");
};

const rulesSchema = z.array(z.array(ruleSchema));

const ofSession = ({ directory, workspaceId, model, denies }: SessionRow): readonly string[] => [
  ...unless(isLocation(directory, workspaceId), "the location of the session"),
  ...unless(model === null || readCanonical(model, modelRefSchema) !== null, "the model of the session"),
  ...unless(readCanonical(denies, rulesSchema) !== null, "the denies of the session"),
];

const ofExecution = ({ seq, endedSeq, interruptSeq, denies }: ExecutionRow, floorSeq: number): readonly string[] => [
  ...unless(endedSeq === floorSeq, "a floor at the end of an execution"),
  ...unless(seq < floorSeq, "an execution that began below its end"),
  ...unless(interruptSeq === null || (interruptSeq > seq && interruptSeq < floorSeq), "an interrupt of the execution"),
  ...unless(readCanonical(denies, rulesSchema) !== null, "the denies of the execution"),
];

const ofStep = ({ seq, endedSeq }: StepRow, floorSeq: number): readonly string[] =>
  unless(endedSeq !== null && seq < endedSeq && endedSeq <= floorSeq, "a step that began and ended below the floor");

const ofAttempt = ({ stepId, seq, endedSeq }: AttemptRow, step: StepRow | undefined): readonly string[] => [
  ...unless(stepId === step?.stepId, "an attempt of the step"),
  ...unless(
    seq > (step?.seq ?? 0) && endedSeq !== null && seq < endedSeq && endedSeq <= (step?.endedSeq ?? 0),
    "an attempt that began and ended within its step",
  ),
];

const ofTodo = ({ seq, items }: TodoRow, floorSeq: number): readonly string[] => [
  ...unless(seq < floorSeq, "todos that were written below the floor"),
  ...unless(readCanonical(items, todoListSchema) !== null, "the todos of the session"),
];

const ofCompaction = (
  { seq, endedSeq, summarySeq, throughSeq, summary }: CompactionRow,
  floorSeq: number,
): readonly string[] => [
  ...unless(endedSeq !== null && seq <= endedSeq && endedSeq < floorSeq, "a compaction that ended below the floor"),
  ...unless(
    summarySeq === null
      ? throughSeq === -1 && summary === ""
      : summarySeq <= (endedSeq ?? 0) && throughSeq < summarySeq && summary !== "",
    "a summary of messages before it",
  ),
];

const ofContext = ({ seq, hash, epoch, text, removal }: ContextRow, floorSeq: number): readonly string[] => [
  ...unless(seq < floorSeq, "a system context that was told below the floor"),
  ...unless(
    utf8Bytes(epoch ?? "") <= mostContextBytes &&
      utf8Bytes(text) <= mostContextBytes &&
      removal.length <= mostRemovalCharacters,
    "a source of the system context within its bounds",
  ),
  ...unless(hash !== null || (text === "" && removal === ""), "a source that is gone without its texts"),
];

const isLocation = (directory: string, workspaceId: string | null): boolean =>
  locationSchema.safeParse({ directory, ...(workspaceId === null ? {} : { workspaceId }) }).success;

const unless = (holds: boolean, expected: string): readonly string[] => (holds ? [] : [expected]);

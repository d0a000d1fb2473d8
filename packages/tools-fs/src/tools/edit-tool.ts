import { join } from "node:path";

import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { assertWritable } from "../files/assert-writable.ts";
import { readTarget } from "../files/read-target.ts";
import { replaceFile } from "../files/replace-file.ts";
import { sha256 } from "../files/sha256.ts";
import { temporaryNameOf } from "../files/temporary-name.ts";
import { targetSchema, toIdentity } from "../paths/target.ts";
import { planEdit } from "../text/plan-edit.ts";
import { previewText } from "../text/preview-text.ts";

import type { JsonObject, JsonValue } from "@holdfast/core";
import type { ExecuteContext, ProbeContext, ProbeResult, Tool } from "@holdfast/core/tool";
import type { KeyedLock } from "../files/keyed-lock.ts";
import type { PathService } from "../paths/path-service.ts";
import type { Target } from "../paths/target.ts";

const inputSchema = z.strictObject({
  path: z.string().min(1).max(4096).describe("The file, relative to the working directory"),
  oldText: z.string().min(1).describe("The text to replace, exactly as it stands in the file"),
  newText: z.string().describe("The text to put in its place"),
  replaceAll: z.boolean().optional().describe("Replace every occurrence, not the only one. Default false"),
});
type Input = z.infer<typeof inputSchema>;

/** The hashes are SHA-256 of the whole file, in hexadecimal. */
const effectSchema = targetSchema.extend({
  before: z.string(),
  after: z.string(),
  replacements: z.int(),
  isExact: z.boolean(),
});

const outputSchema = z.strictObject({
  /** Canonical, relative to the Location. */
  path: z.string(),
  replacements: z.int(),
  /** False where the text was found in spite of other white space. */
  isExact: z.boolean(),
  /** Unified; cut where it is very long. Empty where the process ended that could have told, and the file was found edited since. */
  diff: z.string(),
});
type Output = z.infer<typeof outputSchema>;

/** Replaces text in a file, exactly. Changes of one file wait for each other, whatever tool they are by. */
export const createEditTool = (paths: PathService, lock: KeyedLock): Tool =>
  defineTool({
    name: "edit",
    description:
      "Replaces text in an existing text file. oldText must stand in one place only, unless replaceAll is set. It has to match exactly; where it does not, whole lines that differ in white space alone are taken if there is one such place. Line ends are taken as the file has them. Answers with a diff. A file has at most 10 MiB. Edit one file with one call at a time.",
    input: inputSchema,
    output: outputSchema,
    replay: "probe",
    prepare: async (input, ctx) => {
      assertSensible(input);
      const target = await paths.authorize(input.path, { action: "edit", ctx, preview: toPreview(input) });
      if (target.kind === "directory")
        throw new ToolFailure(`${target.path} is a directory, and only files can be edited.`);
      await assertWritable(paths.files, target);
      const { bytes } = await readTarget(paths.files, target);
      const { content, replacements, isExact } = planEdit(target.path, bytes, input);
      return { ...toIdentity(target), before: sha256(bytes), after: sha256(content), replacements, isExact };
    },
    execute: async (input, ctx) => {
      const target = await paths.recheck(ctx);
      return lock.run(target.absolute, () => edit(paths, { target, input, ctx }));
    },
    probe: (effect, ctx) => findEdit(paths, effect, ctx),
    present: ({ path, replacements, isExact, diff }) =>
      `Replaced ${replacements === 1 ? "one occurrence" : `${replacements} occurrences`} in ${path}${isExact ? "" : ", found in spite of other white space"}.${diff === "" ? "" : `\n\n${diff}`}`,
  });

interface Editing {
  readonly target: Target;
  readonly input: Input;
  readonly ctx: ExecuteContext;
}

const edit = async (paths: PathService, { target, input, ctx }: Editing): Promise<Output> => {
  const approved = effectSchema.parse(ctx.effect);
  const { bytes, stats } = await readTarget(paths.files, target);
  if (sha256(bytes) !== approved.before) throw staleFailure(target.path);
  const { content, replacements, isExact, diff } = planEdit(target.path, bytes, input);
  if (sha256(content) !== approved.after) {
    throw new Error(`expected the edit of ${target.path} to give what was recorded, found something else`);
  }
  ctx.signal.throwIfAborted();
  const temporaryName = temporaryNameOf(ctx.callId);
  await replaceFile(paths.files, target, { content, before: stats, temporaryName, signal: ctx.signal });
  return { path: target.path, replacements, isExact, diff: diff() };
};

/**
 * Whether an edit was done: the file has the one hash or the other. A rename is all or nothing, so that there is no part of an edit.
 * Which file stands there says nothing, since an edit puts a new one in its place.
 */
const findEdit = async (
  paths: PathService,
  effect: JsonValue,
  { location, signal }: ProbeContext,
): Promise<ProbeResult<Output>> => {
  const { path, before, after, replacements, isExact } = effectSchema.parse(effect);
  const lexical = { absolute: join(location.directory, path), resource: path };
  const target = await paths.resolve(lexical, location.directory);
  if (target.path !== path) return { outcome: "unknown", detail: `${path} has become a link to ${target.path}.` };
  signal.throwIfAborted();
  const found = sha256((await readTarget(paths.files, target)).bytes);
  if (found === after) return { outcome: "happened", output: { path, replacements, isExact, diff: "" } };
  if (found === before) return { outcome: "not" };
  return { outcome: "unknown", detail: `${path} is neither as it was before the edit nor as it was to be after it.` };
};

/** What a person is shown before the file is looked at: the change, and of a long one its beginning and its end. */
const toPreview = ({ oldText, newText }: Input): JsonObject => ({
  oldText: previewText(oldText),
  newText: previewText(newText),
});

/** Before anybody is asked: what could never be done needs no permission. */
const assertSensible = ({ oldText, newText }: Input): void => {
  if (oldText === "") throw new ToolFailure("oldText is empty. Name the text that is to be replaced.");
  if (oldText === newText) throw new ToolFailure("oldText and newText are the same: there is nothing to change.");
  if (!oldText.isWellFormed() || !newText.isWellFormed())
    throw new ToolFailure("oldText or newText holds half of a character (a lone surrogate), which no file can hold.");
};

const staleFailure = (path: string): ToolFailure =>
  new ToolFailure(`${path} was changed after this edit was prepared. Nothing was done: read it again, then edit it.`);

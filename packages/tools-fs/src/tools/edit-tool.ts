import { hash } from "node:crypto";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";

import { boundText, defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { toFileFailure } from "../files/file-failure.ts";
import { KeyedLock } from "../files/keyed-lock.ts";
import { openTarget } from "../files/open-target.ts";
import { readWhole } from "../files/read-whole.ts";
import { replaceFile } from "../files/replace-file.ts";
import { authorizePath } from "../paths/authorize-path.ts";
import { recheckTarget } from "../paths/recheck-target.ts";
import { resolveTarget, targetSchema } from "../paths/target.ts";
import { maxEditBytes, planEdit } from "../text/plan-edit.ts";

import type { BigIntStats } from "node:fs";
import type { JsonObject, JsonValue } from "@holdfast/core";
import type { ExecuteContext, ProbeContext, ProbeResult, Tool } from "@holdfast/core/tool";
import type { Target } from "../paths/target.ts";

const inputSchema = z.strictObject({
  path: z.string().min(1).max(4096).describe("The file, relative to the working directory"),
  oldText: z.string().min(1).describe("The text to replace, exactly as it stands in the file"),
  newText: z.string().describe("The text to put in its place"),
  replaceAll: z.boolean().optional().describe("Replace every occurrence, not the only one. Default false"),
});
type Input = z.infer<typeof inputSchema>;

/** The hashes are SHA-256 of the whole file, in hexadecimal. */
const effectSchema = targetSchema.extend({ before: z.string(), after: z.string(), replacements: z.int() });

const outputSchema = z.strictObject({
  /** Canonical, relative to the Location. */
  path: z.string(),
  replacements: z.int(),
  /** Unified; cut where it is very long. Empty where the process ended that could have told, and the file was found edited since. */
  diff: z.string(),
});
type Output = z.infer<typeof outputSchema>;

/** Replaces text in a file, exactly. Each set of tools has its own: edits of one file wait for each other. */
export const createEditTool = (): Tool => {
  const lock = new KeyedLock();
  return defineTool({
    name: "edit",
    description:
      "Replaces text in an existing text file. oldText must match exactly and stand in one place only, unless replaceAll is set; line ends are taken as the file has them. Answers with a diff. A file has at most 10 MiB. Edit one file with one call at a time.",
    input: inputSchema,
    output: outputSchema,
    replay: "probe",
    prepare: async (input, ctx) => {
      assertSensible(input);
      const target = await authorizePath(input.path, { action: "edit", ctx, preview: toPreview(input) });
      await assertWritable(target);
      const { bytes } = await readTarget(target);
      const { content, replacements } = planEdit(target.path, bytes, input);
      const { path, kind, device, inode } = target;
      return { path, kind, device, inode, before: sha256(bytes), after: sha256(content), replacements };
    },
    execute: async (input, ctx) => {
      const target = await recheckTarget(ctx);
      return lock.run(target.absolute, () => edit(target, input, ctx));
    },
    probe: findEdit,
    present: ({ path, replacements, diff }) =>
      `Replaced ${replacements === 1 ? "one occurrence" : `${replacements} occurrences`} in ${path}.${diff === "" ? "" : `\n\n${diff}`}`,
  });
};

const edit = async (target: Target, input: Input, ctx: ExecuteContext): Promise<Output> => {
  const approved = effectSchema.parse(ctx.effect);
  const { bytes, stats } = await readTarget(target);
  if (sha256(bytes) !== approved.before) throw staleFailure(target.path);
  const { content, replacements, diff } = planEdit(target.path, bytes, input);
  if (sha256(content) !== approved.after) {
    throw new Error(`expected the edit of ${target.path} to give what was recorded, found something else`);
  }
  ctx.signal.throwIfAborted();
  // Named after the call, so that one that a crash left behind says where it came from.
  const temporaryName = `.holdfast-${ctx.callId}.tmp`;
  await replaceFile(target, { content, before: stats, temporaryName, signal: ctx.signal });
  return { path: target.path, replacements, diff: diff() };
};

/**
 * Whether an edit was done: the file has the one hash or the other. A rename is all or nothing, so that there is no part of an edit.
 * Which file stands there says nothing, since an edit puts a new one in its place.
 */
const findEdit = async (effect: JsonValue, { location, signal }: ProbeContext): Promise<ProbeResult<Output>> => {
  const { path, before, after, replacements } = effectSchema.parse(effect);
  const target = await resolveTarget({ absolute: join(location.directory, path), resource: path }, location.directory);
  if (target.path !== path) return { outcome: "unknown", detail: `${path} has become a link to ${target.path}.` };
  signal.throwIfAborted();
  const found = sha256((await readTarget(target)).bytes);
  if (found === after) return { outcome: "happened", output: { path, replacements, diff: "" } };
  if (found === before) return { outcome: "not" };
  return { outcome: "unknown", detail: `${path} is neither as it was before the edit nor as it was to be after it.` };
};

const previewLimits = { lines: 200, bytes: 16 * 1024 } as const;

/** What a person is shown before the file is looked at: the change, and of a long one its beginning and its end. */
const toPreview = ({ oldText, newText }: Input): JsonObject => ({
  oldText: boundText(oldText, "the call's input", previewLimits).text,
  newText: boundText(newText, "the call's input", previewLimits).text,
});

/** Before anybody is asked: what could never be done needs no permission. */
const assertSensible = ({ oldText, newText }: Input): void => {
  if (oldText === "") throw new ToolFailure("oldText is empty. Name the text that is to be replaced.");
  if (oldText === newText) throw new ToolFailure("oldText and newText are the same: there is nothing to change.");
  if (!oldText.isWellFormed() || !newText.isWellFormed())
    throw new ToolFailure("oldText or newText holds half of a character (a lone surrogate), which no file can hold.");
};

const assertWritable = async (target: Target): Promise<void> => {
  if (target.kind === "directory")
    throw new ToolFailure(`${target.path} is a directory, and only files can be edited.`);
  try {
    // A rename needs no right to write the file itself, so a file that is read-only would not protect itself.
    await access(target.absolute, constants.W_OK);
  } catch (error) {
    throw toFileFailure(error, target.path);
  }
};

const readTarget = async (target: Target): Promise<{ readonly bytes: Buffer; readonly stats: BigIntStats }> => {
  await using handle = await openTarget(target);
  const stats = await handle.stat({ bigint: true });
  return { bytes: await readWhole(handle, { path: target.path, maxBytes: maxEditBytes }), stats };
};

const sha256 = (bytes: Uint8Array): string => hash("sha256", bytes, "hex");

const staleFailure = (path: string): ToolFailure =>
  new ToolFailure(`${path} was changed after this edit was prepared. Nothing was done: read it again, then edit it.`);

import { join } from "node:path";

import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { createFile } from "../files/create-file.ts";
import { readTarget } from "../files/read-target.ts";
import { replaceFile } from "../files/replace-file.ts";
import { sha256 } from "../files/sha256.ts";
import { temporaryNameOf } from "../files/temporary-name.ts";
import { assertWritable } from "../files/assert-writable.ts";
import { boundedContent } from "../files/bounded-content.ts";
import { placeSchema, toRecordedPlace } from "../paths/place.ts";
import { decodeText, encodeText } from "../text/decode-text.ts";
import { previewText } from "../text/preview-text.ts";
import { unifiedDiff } from "../text/unified-diff.ts";
import { assertNotUtf16 } from "../text/utf-16.ts";

import type { JsonObject, JsonValue } from "@holdfast/core";
import type { ExecuteContext, PrepareContext, ProbeContext, ProbeResult, Tool } from "@holdfast/core/tool";
import type { KeyedLock } from "../files/keyed-lock.ts";
import type { PathService } from "../paths/path-service.ts";
import type { Place } from "../paths/place.ts";

const inputSchema = z.strictObject({
  path: z.string().min(1).max(4096).describe("The file, relative to the working directory"),
  content: z.string().describe("The whole new content"),
});
type Input = z.infer<typeof inputSchema>;

/** The hashes are SHA-256 of the whole file, in hexadecimal; `before` is absent where there was none. */
const effectSchema = z.looseObject({ place: placeSchema, before: z.string().optional(), after: z.string() });

const outputSchema = z.strictObject({
  /** Canonical, relative to the Location. */
  path: z.string(),
  created: z.boolean(),
  bytes: z.int(),
  /** Unified, of a text file that was replaced, where its writer lived to tell; cut where it is very long. */
  diff: z.string().exactOptional(),
});
type Output = z.infer<typeof outputSchema>;

/** Writes whole files. Changes of one file wait for each other, whatever tool they are by. */
export const createWriteTool = (paths: PathService, lock: KeyedLock): Tool =>
  defineTool({
    name: "write",
    description:
      "Writes a whole text file: creates it with the directories above it, or replaces all of its content. To change a part of a file use edit. A file has at most 10 MiB.",
    input: inputSchema,
    output: outputSchema,
    replay: "probe",
    prepare: (input, ctx) => prepare(paths, input, ctx),
    execute: async (input, ctx) => {
      const { place: recorded } = effectSchema.parse(ctx.effect);
      // Before it was killed, an earlier beginning may have made the directories above it.
      const place =
        ctx.attempt === 1
          ? await paths.recheckPlace(recorded, ctx.location.directory)
          : await paths.recheckPath(recorded.path, ctx.location.directory);
      return lock.run(place.kind === "free" ? place.absolute : place.target.absolute, () =>
        write(paths, { place, input, ctx }),
      );
    },
    probe: (effect, ctx) => findWrite(paths, effect, ctx),
    present: ({ path, created, bytes, diff }) =>
      created
        ? `Created ${path} with ${bytes} bytes.`
        : `Replaced the content of ${path}.${diff === undefined ? "" : `\n\n${diff}`}`,
  });

const prepare = async (paths: PathService, input: Input, ctx: PrepareContext): Promise<JsonObject> => {
  if (!input.content.isWellFormed())
    throw new ToolFailure("The content holds half of a character (a lone surrogate), which no file can hold.");
  const place = await paths.authorizePlace(input.path, {
    action: "edit",
    ctx,
    preview: { content: previewText(input.content) },
  });
  const { before, content } = await planWrite(paths, place, input);
  return {
    place: toRecordedPlace(place),
    ...(before === undefined ? {} : { before: sha256(before) }),
    after: sha256(content),
  };
};

interface Writing {
  readonly place: Place;
  readonly input: Input;
  readonly ctx: ExecuteContext;
}

const write = async (paths: PathService, { place, input, ctx }: Writing): Promise<Output> => {
  const approved = effectSchema.parse(ctx.effect);
  const plan = await planWrite(paths, place, input);
  const now = plan.before === undefined ? undefined : sha256(plan.before);
  if (now !== approved.before || sha256(plan.content) !== approved.after)
    throw new ToolFailure(
      `${place.path} was changed after this call was prepared. Nothing was done: read it, then write it.`,
    );
  ctx.signal.throwIfAborted();
  const temporaryName = temporaryNameOf(ctx.callId);
  const { content, stats, before } = plan;
  const { path } = place;
  if (place.kind === "free") {
    await createFile(paths.files, place, { content, temporaryName, signal: ctx.signal });
    return { path, created: true, bytes: content.length };
  }
  if (stats === undefined) throw new TypeError("a file that is there was planned without its stat");
  await replaceFile(paths.files, place.target, { content, before: stats, temporaryName, signal: ctx.signal });
  const diff = diffOf(path, before, content);
  return { path, created: false, bytes: content.length, ...(diff === undefined ? {} : { diff }) };
};

/** Whether a write was done: what stands there has the one hash or the other, or is not there. A rename is all or nothing. */
const findWrite = async (
  paths: PathService,
  effect: JsonValue,
  { location, signal }: ProbeContext,
): Promise<ProbeResult<Output>> => {
  const { place: recorded, before, after } = effectSchema.parse(effect);
  const { path } = recorded;
  const lexical = { absolute: join(location.directory, path), resource: path };
  const place = await paths.resolvePlace(lexical, location.directory);
  signal.throwIfAborted();
  // Also where nothing stands: what was written may be where the directories above it are now.
  if (place.path !== path) return { outcome: "unknown", detail: `${path} leads to ${place.path} now, through a link.` };
  if (place.kind === "free")
    return before === undefined ? { outcome: "not" } : { outcome: "unknown", detail: `${path} is gone.` };
  const { bytes } = await readTarget(paths.files, place.target);
  const found = sha256(bytes);
  if (found === after)
    return { outcome: "happened", output: { path, created: before === undefined, bytes: bytes.length } };
  if (found === before) return { outcome: "not" };
  return { outcome: "unknown", detail: `${path} is neither as it was before the write nor as it was to be after it.` };
};

const planWrite = async (paths: PathService, place: Place, { content }: Input) => {
  if (place.kind === "free") return { content: boundedContent(place.path, Buffer.from(content)) };
  if (place.target.kind === "directory")
    throw new ToolFailure(`${place.path} is a directory, and only files can be written.`);
  await assertWritable(paths.files, place.target);
  const { bytes: before, stats } = await readTarget(paths.files, place.target);
  assertNotUtf16(place.path, before);
  // The file keeps its byte order mark, and has one mark, whatever the model wrote.
  const hasMark = decodeText(before)?.hasMark === true || content.startsWith("\uFEFF");
  const text = content.startsWith("\uFEFF") ? content.slice(1) : content;
  return { content: boundedContent(place.path, encodeText({ text, hasMark })), before, stats };
};

const diffOf = (path: string, before: Uint8Array | undefined, after: Uint8Array): string | undefined => {
  const [old, now] = [decodeText(before ?? new Uint8Array()), decodeText(after)];
  return old === undefined || now === undefined ? undefined : unifiedDiff(path, old.text, now.text);
};

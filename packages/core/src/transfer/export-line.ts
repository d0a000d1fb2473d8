import * as z from "zod";

import { HoldfastError } from "../errors/holdfast-error.ts";
import { sealedEnvelopeSchema } from "../event/envelope.ts";
import { callIdSchema, sessionIdSchema, storeIdSchema } from "../ids/id.ts";
import { canonicalJson } from "../json/canonical.ts";
import { parseJson } from "../json/parse.ts";
import { admissionRowSchema, floorSchema, frozenMessageSchema } from "../store/floor-schema.ts";
import { cutText, issueText } from "../store/issue-text.ts";

import type { Hash } from "../ports/hash.ts";

/** Name of the format. */
export const exportFormat = "holdfast.session";
/** Version of the format that is written, and the only one that is read. */
export const exportVersion = 1;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

/** The most base64 characters of one window of an output: of 192 KiB. */
export const maxWindowLength = 262_144;

const { rows } = floorSchema.shape;
/** A floor's record; an export that was made before there were rows of compactions and of the system context has none. */
const exportedFloorSchema = floorSchema.extend({
  rows: rows.extend({ compaction: rows.shape.compaction.default([]), context: rows.shape.context.default([]) }),
});

/** What the lines of an export say, in the order in which their kinds come. */
export const exportLineSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("manifest"),
    format: z.literal(exportFormat),
    version: z.literal(exportVersion),
    /** Where it was exported. */
    storeId: storeIdSchema,
    sessionId: sessionIdSchema,
    head: z.strictObject({ seq: count, hash }),
    floor: exportedFloorSchema.exactOptional(),
    /** `hashFloor` of the floor, to be compared with what the exporter says: no event binds the record. */
    floorHash: hash.exactOptional(),
  }),
  /** The identity of an input below the floor; those above are in their events. */
  z.strictObject({ kind: z.literal("admission"), admission: admissionRowSchema }),
  z.strictObject({ kind: z.literal("message"), message: frozenMessageSchema }),
  z.strictObject({ kind: z.literal("event"), event: sealedEnvelopeSchema }),
  z.strictObject({ kind: z.literal("blob"), hash, bytes: count, text: z.string() }),
  z.strictObject({
    kind: z.literal("output"),
    sessionId: sessionIdSchema,
    callId: callIdSchema,
    attempt: z.int().min(1),
    /** Size of the whole. Its windows come one after another. */
    size: count,
    offset: count,
    /** Base64. */
    data: z.string().max(maxWindowLength),
  }),
  z.strictObject({ kind: z.literal("end"), messages: count, events: count, blobs: count, outputs: count }),
]);
export type ExportLine = z.infer<typeof exportLineSchema>;

/** A line's text, and the chain that it ends with. */
export const sealLine = (
  line: ExportLine,
  before: string,
  digest: Hash,
): { readonly text: string; readonly chain: string } => {
  const body = canonicalJson(line);
  const chain = digest(before + body);
  return { text: `${prefix}${chain}${infix}${body}}`, chain };
};

/**
 * Reads a line back. The chain is over the bytes of this line and all before it, so a changed byte is found in its line.
 *
 * @throws import.malformed with the number of the line, from 1.
 */
export const openLine = (
  text: string,
  { before, number, digest }: { readonly before: string; readonly number: number; readonly digest: Hash },
): { readonly line: ExportLine; readonly chain: string } => {
  const chain = text.slice(prefix.length, prefix.length + 64);
  const body = text.slice(prefix.length + 64 + infix.length, -1);
  if (text !== `${prefix}${chain}${infix}${body}}` || digest(before + body) !== chain) {
    throw malformedLine(number, "a line as it was exported", "one that was changed, moved or cut");
  }
  const parsed = parseJson(body);
  const line = exportLineSchema.safeParse(parsed.ok ? parsed.value : undefined);
  if (line.success) return { line: line.data, chain };
  throw malformedLine(number, `a line of ${exportFormat} version ${exportVersion}`, issueText(line.error));
};

/** Whether a line says that it is of a message or a blob; told before it is read. */
export const holdsLongText = (text: string): boolean => {
  const start = prefix.length + 64 + infix.length;
  return text.startsWith('{"kind":"message",', start) || text.startsWith('{"bytes":', start);
};

/** The refusal of a line. */
export const malformedLine = (line: number, expected: string, found: string): HoldfastError<"import.malformed"> =>
  new HoldfastError("import.malformed", {
    message: `Expected ${expected} at line ${line} of the import, found ${cutText(found)}. Export the session again. Nothing was changed.`,
    data: { line, expected, found: cutText(found) },
  });

const prefix = '{"chain":"';
const infix = '","line":';

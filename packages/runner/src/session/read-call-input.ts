import { isJsonObject, parseJson, toWellFormedJson } from "@holdfast/core";

import { isTooDeep, maxNesting } from "../model/to-json.ts";
import { stopped } from "./call-outcomes.ts";

import type { JsonObject } from "@holdfast/core";
import type { CallOutcome } from "@holdfast/core/event";
import type { Tool } from "@holdfast/core/tool";

/** A call's input as its tool reads it, or why it cannot. */
export type CallInput =
  | { readonly ok: true; readonly input: never; readonly json: JsonObject }
  | { readonly ok: false; readonly outcome: CallOutcome };

/** Reads what a model wrote as input: JSON, an object, and what the tool's schema takes. Rejects where the schema itself fails. */
export const readCallInput = async (tool: Tool, text: string): Promise<CallInput> => {
  const parsed = parseJson(text === "" ? "{}" : text);
  if (!parsed.ok) return invalid(`It is no JSON: ${parsed.reason}`);
  if (isTooDeep(parsed.value)) return invalid(`It is nested deeper than ${maxNesting} levels.`);
  // Legal JSON may escape half an emoji, which nothing that is sealed may hold.
  const json = toWellFormedJson(parsed.value);
  if (!isJsonObject(json)) return invalid("It is JSON, but no object.");
  const checked = await tool.input.safeParseAsync(json);
  return checked.success ? { ok: true, input: checked.data, json } : invalid(checked.error.message);
};

const invalid = (reason: string): CallInput => ({ ok: false, outcome: stopped("invalid-input", reason) });

import { canonicalJson, isJsonObject, parseJson, toWellFormedJson } from "@holdfast/core";

import { isTooDeep, maxNesting } from "../model/to-json.ts";
import { stopped } from "./call-outcomes.ts";

import type { JsonObject } from "@holdfast/core";
import type { CallOutcome } from "@holdfast/core/event";
import type { Tool } from "@holdfast/core/tool";

/** A call's input as its tool reads it, or why it cannot. */
export type CallInput =
  | {
      readonly ok: true;
      readonly input: never;
      readonly json: JsonObject;
      /** As JSON text, where it is not what the model wrote. */
      readonly changed?: string;
    }
  | { readonly ok: false; readonly outcome: CallOutcome };

/**
 * Reads what a model wrote as input: JSON, an object, and, as it is prepared, what the tool's schema takes. Rejects where the schema itself
 * fails.
 */
export const readCallInput = async (
  tool: Tool,
  text: string,
  prepare?: (input: JsonObject) => Promise<JsonObject>,
): Promise<CallInput> => {
  const parsed = parseJson(text === "" ? "{}" : text);
  if (!parsed.ok) return invalid(`It is no JSON: ${parsed.reason}`);
  if (isTooDeep(parsed.value)) return invalid(`It is nested deeper than ${maxNesting} levels.`);
  // Legal JSON may escape half an emoji, which nothing that is sealed may hold.
  const json = toWellFormedJson(parsed.value);
  if (!isJsonObject(json)) return invalid("It is JSON, but no object.");
  const prepared = prepare === undefined ? json : await prepare(json);
  // What plugins leave is frozen, and a tool may do what it likes with its input.
  const checked = await tool.input.safeParseAsync(prepared === json ? json : structuredClone(prepared));
  if (prepared === json)
    return checked.success ? { ok: true, input: checked.data, json } : invalid(checked.error.message);
  if (!checked.success) return invalid(`A plugin changed it, and then: ${checked.error.message}`);
  return { ok: true, input: checked.data, json: prepared, changed: canonicalJson(prepared) };
};

const invalid = (reason: string): CallInput => ({ ok: false, outcome: stopped("invalid-input", reason) });

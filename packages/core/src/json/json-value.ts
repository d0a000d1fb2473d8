import * as z from "zod";

/** A value that survives JSON unchanged. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object whose values survive JSON unchanged. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Levels of nesting that a value may have. Writing canonical JSON recurses, and 8,000 levels broke the stack (measured). */
const mostLevels = 512;

const isJson = (value: unknown, levels: number): boolean => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (levels === 0) return false;
  if (Array.isArray(value)) return isJsonArray(value, levels - 1);
  return isPlainObject(value) && Object.values(value).every((member) => isJson(member, levels - 1));
};

// Not `every`: it passes over holes, which JSON turns into null.
const isJsonArray = (items: readonly unknown[], levels: number): boolean => {
  for (let index = 0; index < items.length; index++) if (!isJson(items[index], levels)) return false;
  return true;
};

/**
 * Whether a value is JSON, all the way down: finite numbers, plain objects and arrays, nothing undefined, at most 512 levels deep, so
 * that one that refers to itself is none.
 */
export const isJsonValue = (value: unknown): value is JsonValue => isJson(value, mostLevels);

/** Whether a value is a JSON object, all the way down. */
export const isJsonObject = (value: unknown): value is JsonObject => isPlainObject(value) && isJsonValue(value);

// Not z.json(): a record schema drops a `__proto__` key, and sealed data must come back exactly as it went in.
/** Accepts any JSON value, unchanged. */
export const jsonValueSchema = z.custom<JsonValue>(isJsonValue, "expected a JSON value");

/** Accepts any JSON object, unchanged. */
export const jsonObjectSchema = z.custom<JsonObject>(isJsonObject, "expected a JSON object");

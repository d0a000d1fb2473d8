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

// Not `every`: it passes over holes, which JSON turns into null.
const isJsonArray = (items: readonly unknown[]): boolean => {
  for (let index = 0; index < items.length; index++) if (!isJsonValue(items[index])) return false;
  return true;
};

/** Whether a value is JSON, all the way down: finite numbers, plain objects and arrays, nothing undefined. */
export const isJsonValue = (value: unknown): value is JsonValue => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return isJsonArray(value);
  return isPlainObject(value) && Object.values(value).every(isJsonValue);
};

/** Whether a value is a JSON object, all the way down. */
export const isJsonObject = (value: unknown): value is JsonObject => isPlainObject(value) && isJsonValue(value);

// Not z.json(): a record schema drops a `__proto__` key, and sealed data must come back exactly as it went in.
/** Accepts any JSON value, unchanged. */
export const jsonValueSchema = z.custom<JsonValue>(isJsonValue, "expected a JSON value");

/** Accepts any JSON object, unchanged. */
export const jsonObjectSchema = z.custom<JsonObject>(isJsonObject, "expected a JSON object");

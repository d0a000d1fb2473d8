import type { JsonObject, JsonValue } from "@holdfast/core";

/** Levels of nesting that anything of a model's may have. The writers of canonical JSON recurse, and 8,000 levels broke their stack. */
export const maxNesting = 512;

/** Characters that metadata may hold in all; the largest known are encrypted reasoning, some 100 KiB. */
const maxMetadataCharacters = 1024 * 1024;

/** Characters that a result of a provider may have in all; search results with encrypted pages are some MiB at most. */
const maxResultCharacters = 16 * 1024 * 1024;

/** Whether a value that was parsed from JSON is nested deeper than anything here can write again. */
export const isTooDeep = (value: JsonValue, levels = maxNesting): boolean => {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((member) => isTooDeep(member, levels - 1));
};

/**
 * A provider's metadata as a copy that can be sealed: texts well-formed, members that are undefined left out, as in JSON. Undefined
 * where it is no JSON object, or larger or deeper than any that a provider means: what cannot be replayed is not kept. Never throws.
 */
export const toMetadata = (value: unknown): JsonObject | undefined => {
  try {
    if (value === undefined || value === null || Array.isArray(value)) return undefined;
    const copy = new Copier(maxMetadataCharacters).copy(value, maxNesting);
    return typeof copy === "object" ? (copy as JsonObject) : undefined;
  } catch {
    // NoJson, or a getter or proxy of the provider's that threw: metadata are an extra, and the answer does without.
    return undefined;
  }
};

/** A provider's value as a copy that can be sealed, like metadata; undefined where it is no JSON, or too large or deep. Never throws. */
export const toJson = (value: unknown): JsonValue | undefined => {
  try {
    return new Copier(maxResultCharacters).copy(value, maxNesting);
  } catch {
    return undefined;
  }
};

class NoJson extends Error {}

class Copier {
  #left: number;

  constructor(maxCharacters: number) {
    this.#left = maxCharacters;
  }

  copy(value: unknown, levels: number): JsonValue {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        if (!Number.isFinite(value)) throw new NoJson();
        return value;
      case "boolean":
        return value;
      case "object":
        if (value === null) return null;
        if (levels === 0) throw new NoJson();
        return Array.isArray(value) ? this.#array(value, levels) : this.#object(value, levels);
      default:
        throw new NoJson();
    }
  }

  #text(text: string): string {
    this.#spend(text.length);
    return text.toWellFormed();
  }

  #array(items: readonly unknown[], levels: number): JsonValue {
    this.#spend(items.length);
    return Array.from(items, (item) => this.copy(item, levels - 1));
  }

  #object(value: object, levels: number): JsonValue {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw new NoJson();
    const entries: [string, JsonValue][] = [];
    for (const [key, member] of Object.entries(value) as [string, unknown][]) {
      if (member !== undefined) entries.push([this.#text(key), this.copy(member, levels - 1)]);
    }
    // Made from entries, so that a key `__proto__` is a key like any other.
    return Object.fromEntries(entries);
  }

  #spend(characters: number): void {
    this.#left -= characters + 1;
    if (this.#left < 0) throw new NoJson();
  }
}

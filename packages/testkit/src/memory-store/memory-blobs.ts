import type { Blob } from "@holdfast/core/event";
import type { MemorySession } from "./memory-session.ts";

/** Texts by their hash. */
export class MemoryBlobs {
  readonly #texts = new Map<string, string>();

  has = (hash: string): boolean => this.#texts.has(hash);

  text(hash: string): string | null {
    return this.#texts.get(hash) ?? null;
  }

  keep(blobs: readonly Blob[]): void {
    for (const { hash, text } of blobs) this.#texts.set(hash, text);
  }

  /** Removes what no session refers to, and says how many those were. */
  collect(sessions: Iterable<MemorySession>): number {
    const kept = new Set([...sessions].flatMap(({ references }) => references.map(({ hash }) => hash)));
    const gone = [...this.#texts.keys()].filter((hash) => !kept.has(hash));
    for (const hash of gone) this.#texts.delete(hash);
    return gone.length;
  }
}

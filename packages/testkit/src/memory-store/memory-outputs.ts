import { wholeOutput } from "@holdfast/core/store";

import type { OutputContent, OutputKey, OutputPage } from "@holdfast/core/store";

/** Outputs by session, call and attempt. */
export class MemoryOutputs {
  readonly #contents = new Map<string, Uint8Array>();

  put(key: OutputKey, content: OutputContent): void {
    this.#contents.set(textOf(key), wholeOutput(content));
  }

  /** Removes the outputs of a session. */
  removeOf(sessionId: string): void {
    for (const key of this.#contents.keys()) if (key.startsWith(`${sessionId} `)) this.#contents.delete(key);
  }

  read(key: OutputKey, { offset, limit }: { readonly offset: number; readonly limit: number }): OutputPage | null {
    const content = this.#contents.get(textOf(key));
    if (content === undefined) return null;
    const from = Math.min(Math.max(0, offset), content.length);
    return { bytes: content.slice(from, from + Math.max(0, limit)), offset: from, size: content.length };
  }
}

const textOf = ({ sessionId, callId, attempt }: OutputKey): string => `${sessionId} ${callId} ${attempt}`;

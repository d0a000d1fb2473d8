import { hash } from "node:crypto";
import { join } from "node:path";

import { keepFiles } from "./keep-files.ts";
import { parseSkill } from "./parse-skill.ts";
import { readIndex } from "./read-index.ts";
import { remoteLimits, skillLimits } from "./skill-limits.ts";

import type { ListedSkill } from "./read-index.ts";
import type { RefusedSkill, Skill } from "./skill.ts";
import type { RemoteSkillsOptions } from "./skill-fetch.ts";

interface Loaded {
  readonly skills: readonly Skill[];
  readonly refused: readonly RefusedSkill[];
}

/** Skills of the web: looked at anew every five minutes, and as they were last where that fails. */
export class RemoteSkills {
  readonly #options: RemoteSkillsOptions;
  readonly #now: () => number;
  readonly #indexMs: number;
  readonly #loaded = new Map<string, Loaded & { readonly dueMs: number }>();
  #refreshing: Promise<void> | undefined;

  /** `now` gives milliseconds that only grow; `indexMs` is how many an index may take. */
  constructor(
    options: RemoteSkillsOptions,
    now: () => number = () => performance.now(),
    indexMs: number = remoteLimits.indexMs,
  ) {
    this.#options = options;
    this.#now = now;
    this.#indexMs = indexMs;
  }

  /**
   * Those that were fetched so far, at once. What is due is fetched beside it, until `signal` aborts: for who must not wait for the web.
   */
  glance(signal: AbortSignal): readonly Skill[] {
    const known = this.#options.indexes.map((index) => this.#loaded.get(index));
    if (this.#refreshing === undefined && known.some((one) => !this.#isFresh(one))) {
      this.#refreshing = this.load(signal)
        .then(() => undefined)
        // It was told to stop; what fails is kept with the index.
        .catch(() => undefined)
        .finally(() => {
          this.#refreshing = undefined;
        });
    }
    return known.flatMap((one) => one?.skills ?? []);
  }

  /** Once nothing is fetched beside any more. */
  async settled(): Promise<void> {
    await this.#refreshing;
  }

  /** Those of all indexes, the later ones last. */
  async load(signal: AbortSignal): Promise<Loaded> {
    const all = await Promise.all(this.#options.indexes.map((index) => this.#loadIndex(index, signal)));
    return { skills: all.flatMap(({ skills }) => skills), refused: all.flatMap(({ refused }) => refused) };
  }

  async #loadIndex(index: string, signal: AbortSignal): Promise<Loaded> {
    const known = this.#loaded.get(index);
    if (known !== undefined && this.#isFresh(known)) return known;
    // Each request has a limit of its own, and an index may need thousands of them.
    const tooLong = AbortSignal.timeout(this.#indexMs);
    try {
      const found = await this.#fetchIndex(index, AbortSignal.any([signal, tooLong]));
      return this.#keep(index, found, remoteLimits.refreshMs);
    } catch (error) {
      signal.throwIfAborted();
      const reason = tooLong.aborted ? `it took more than ${this.#indexMs / 1_000} s` : reasonOf(error);
      const refused = [{ file: index, reason }];
      return this.#keep(index, { skills: known?.skills ?? [], refused }, remoteLimits.retryMs);
    }
  }

  #isFresh(one: { readonly dueMs: number } | undefined): boolean {
    return one !== undefined && this.#now() < one.dueMs;
  }

  #keep(index: string, loaded: Loaded, forMs: number): Loaded {
    this.#loaded.set(index, { ...loaded, dueMs: this.#now() + forMs });
    return loaded;
  }

  async #fetchIndex(index: string, signal: AbortSignal): Promise<Loaded> {
    const { fetchText } = this.#options;
    const text = await fetchText(index, { signal, maxBytes: remoteLimits.indexBytes });
    const { listed, refused } = readIndex(text, index);
    const [skills, failed]: [Skill[], RefusedSkill[]] = [[], []];
    // One after the other, and the files of one together: an index of many does not open hundreds of connections.
    for (const one of listed) {
      const found = await this.#fetchSkill(one, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        return { file: `${index} ${one.name}`, reason: reasonOf(error) };
      });
      if ("reason" in found) failed.push(found);
      else skills.push(found);
    }
    return { skills, refused: [...refused, ...failed] };
  }

  async #fetchSkill({ name, files }: ListedSkill, signal: AbortSignal): Promise<Skill> {
    const contents = new Map<string, string>();
    let bytes = 0;
    for (let at = 0; at < files.length; at += remoteLimits.together) {
      const texts = await Promise.all(
        files.slice(at, at + remoteLimits.together).map(async ({ path, url }) => {
          const text = await this.#options.fetchText(url, { signal, maxBytes: skillLimits.fileBytes });
          return [path, text] as const;
        }),
      );
      for (const [path, text] of texts) {
        bytes += Buffer.byteLength(text);
        contents.set(path, text);
      }
      if (bytes > remoteLimits.skillBytes) throw new TypeError(`it has more than ${remoteLimits.skillBytes} bytes`);
    }
    const parsed = parseSkill(contents.get("SKILL.md") ?? "");
    if (!parsed.ok) throw new TypeError(parsed.reason);
    if (parsed.name !== undefined && parsed.name !== name)
      throw new TypeError("its head gives another name than the index");
    const directory = join(this.#options.cacheDirectory, hash("sha256", JSON.stringify([name, ...contents])));
    await keepFiles(directory, contents, signal);
    return { name, description: parsed.description, instructions: parsed.body, directory };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

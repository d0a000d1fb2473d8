/**
 * Port: fetches a text of the web for skills, within one origin, and refuses what the host does not allow. `createGuardedFetch().fetchText`
 * of `@holdfast/tools-web` is one.
 */
export type SkillFetch = (
  url: string,
  options: {
    readonly signal: AbortSignal;
    /** More is refused. */
    readonly maxBytes: number;
  },
) => Promise<string>;

/** Where skills are fetched from. */
export interface RemoteSkillsOptions {
  /**
   * URLs of indexes: JSON `{ "skills": [{ "name", "files": ["SKILL.md", …] }] }`, whose files are at `NAME/FILE` beside it. Of two skills of one
   * name that of the later index counts, and that of a folder before both.
   */
  readonly indexes: readonly string[];
  readonly fetchText: SkillFetch;
  /** A directory of the host's own in which fetched files are kept, by their content. */
  readonly cacheDirectory: string;
}

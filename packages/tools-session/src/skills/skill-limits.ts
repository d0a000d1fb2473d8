/** How much of skills is looked at. */
export const skillLimits = {
  /** Skills of one Location. */
  skills: 200,
  /** Bytes of one skill's file. */
  fileBytes: 256 * 1024,
  /** Bytes of its head: reading YAML takes the square of them. */
  headBytes: 8 * 1024,
  /** Files that are named beside a skill's instructions. */
  sampledFiles: 10,
} as const;

/** How much of an index of the web is fetched. */
export const remoteLimits = {
  /** Skills of one index. */
  skills: 50,
  /** Files of one skill, and bytes of all of them. */
  files: 50,
  skillBytes: 2 * 1024 * 1024,
  pathCharacters: 200,
  indexBytes: 256 * 1024,
  /** How long one may take, with all of its skills. */
  indexMs: 60_000,
  /** Files that are fetched at once. */
  together: 8,
  /** How long an index counts as it was fetched. */
  refreshMs: 5 * 60_000,
  /** How long one counts that could not be fetched. */
  retryMs: 30_000,
} as const;

/** What a skill may be called. */
export const skillNamePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

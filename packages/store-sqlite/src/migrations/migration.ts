/** One step from a schema version to the next. Frozen once it was released: a change is a new migration. */
export interface Migration {
  readonly name: string;
  /** What it does, statement by statement, so that a crash can be tried between any two. */
  readonly statements: readonly string[];
  /** Whether it rewrites rows and does not only add tables or indexes: then a copy of the file is kept before. */
  readonly rewritesData: boolean;
  /** The lowest schema version whose code reads the file rightly afterwards; older ones that have it open are told to restart. */
  readonly minReaderVersion: number;
}

/** The statements of a script. Its texts hold no semicolon. */
export const statementsOf = (script: string): readonly string[] =>
  script
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");

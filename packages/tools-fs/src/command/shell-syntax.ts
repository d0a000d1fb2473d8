/** One word of a command. */
export interface ShellWord {
  /** As it was written. */
  readonly text: string;
  /** What the shell makes of it; undefined where only running the command could tell. Patterns of file names stand as they are. */
  readonly value: string | undefined;
  /** It holds an unquoted `*`, `?` or `[…]`, for which the shell puts in the names of files. */
  readonly isGlob: boolean;
}

/** A redirection from or to a file. Those between descriptors are none. */
export interface ShellRedirect {
  readonly access: "read" | "write";
  readonly target: ShellWord;
}

/** A simple command: a name with its words. */
export interface ShellCommand {
  /** As it was written, without redirections where they can be left out. */
  readonly text: string;
  /** `NAME=value` in front of it, as written. */
  readonly assignments: readonly string[];
  /** The name first. */
  readonly words: readonly ShellWord[];
  /** It reads a here-document or a here-string. */
  readonly hasInlineInput: boolean;
}

/** What a text asks a shell to do. */
export interface ShellSyntax {
  /**
   * Whether these commands and redirections are all that the text does, and each is what it says. False where it could not be read to
   * its end, where a part depends on what is found when it runs, and for anything that is more than commands joined by `|`, `;`, `&`,
   * `&&`, `||`, groups, `if` and `while`.
   */
  readonly isPlain: boolean;
  /** Every command that was found, also in substitutions. */
  readonly commands: readonly ShellCommand[];
  readonly redirects: readonly ShellRedirect[];
}

/** Reads a text as bash would. Never throws. */
export type ShellParser = (text: string) => ShellSyntax;

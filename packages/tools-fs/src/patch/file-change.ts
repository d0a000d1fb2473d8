/** One line of a hunk: kept and looked for, taken out, or put in. */
export interface HunkLine {
  readonly kind: "keep" | "remove" | "add";
  readonly text: string;
}

/** One place of a file that changes. */
export interface Hunk {
  /** Its own line in the patch, from 1. */
  readonly line: number;
  /** A line that stands above it in the file: where the search for it begins. */
  readonly heading: string | undefined;
  readonly lines: readonly HunkLine[];
  /** Whether it is said to reach to the end of the file. */
  readonly atEnd: boolean;
}

/** What a patch does to one file. Paths are as the model wrote them. */
export type FileChange =
  | { readonly kind: "add"; readonly path: string; readonly text: string }
  | { readonly kind: "delete"; readonly path: string }
  | {
      readonly kind: "update";
      readonly path: string;
      /** The new path of a file that is moved. */
      readonly moveTo: string | undefined;
      readonly hunks: readonly Hunk[];
    };

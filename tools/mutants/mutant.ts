/** One wrong program: what is changed in which file, and the test that must then fail. */
export interface Mutant {
  /** What is wrong with it, in the words of the promise that it breaks. */
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The test that catches it. */
  readonly caughtBy: {
    /** Below the root. */
    readonly file: string;
    /** The end of its full title. */
    readonly title: string;
  };
}

/** A piece of source that occurs once in its file, and what stands there instead. */
export interface Edit {
  /** Below the root. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

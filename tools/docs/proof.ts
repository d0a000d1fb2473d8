/** A test by its title, and where it stands, below the root. */
export interface Proof {
  readonly title: string;
  readonly file: string;
}

/** Tests of one file. */
export const proofsIn =
  (folder: string) =>
  (file: string, ...titles: readonly string[]): readonly Proof[] =>
    titles.map((title) => ({ title, file: `${folder}/${file}.ts` }));

export const inRunner = proofsIn("packages/runner/test");
export const inCore = proofsIn("packages/core/test");
export const inStoreContract = proofsIn("packages/testkit/src/store-contract");
export const inFacadeContract = proofsIn("packages/testkit/src/facade-contract");
export const inSqlite = proofsIn("packages/store-sqlite/test");
export const inTorture = proofsIn("torture/src");

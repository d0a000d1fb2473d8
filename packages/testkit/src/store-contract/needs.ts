import { it } from "vitest";

import type { StoreSubject } from "./store-subject.ts";

/** A fact that only a durable store has: `test` gets the function that opens it again. Listed as skipped elsewhere, with the reason. */
export const itReopens = (
  subject: StoreSubject,
  title: string,
  test: (reopen: NonNullable<StoreSubject["reopen"]>) => Promise<void>,
): void => {
  const { reopen } = subject;
  if (reopen === undefined) it.skip(`${title} (not run: the subject is not durable)`, () => {});
  else it(title, () => test(reopen));
};

/** A fact that only a store has which several may have open at once. Listed as skipped elsewhere, with the reason. */
export const itSharesStore = (
  subject: StoreSubject,
  title: string,
  test: (alongside: NonNullable<StoreSubject["alongside"]>) => Promise<void>,
): void => {
  const { alongside } = subject;
  if (alongside === undefined) it.skip(`${title} (not run: the subject cannot be open twice)`, () => {});
  else it(title, () => test(alongside));
};

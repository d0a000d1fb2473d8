import { it, itIsNotRun } from "./kit-case.ts";

import type { StoreFaults, StoreSubject, SubjectPart } from "./store-subject.ts";

const without: { readonly [P in SubjectPart]: string } = {
  reopen: "the subject is not durable",
  alongside: "the subject cannot be open twice",
  crashAt: "the subject gives no faults.crashAt",
  makeBusy: "the subject gives no faults.makeBusy",
  fill: "the subject gives no faults.fill",
  breakReads: "the subject gives no faults.breakReads",
  slowDown: "the subject gives no faults.slowDown",
};

/** The parts of a subject that it may leave out, by name. */
export const subjectParts = Object.keys(without) as readonly SubjectPart[];

/** A fact that only a durable store has: `test` gets the function that opens it again. Listed as not run elsewhere, with the reason. */
export const itReopens = (
  subject: StoreSubject,
  title: string,
  test: (reopen: NonNullable<StoreSubject["reopen"]>) => Promise<void>,
): void => {
  const { reopen } = subject;
  if (reopen === undefined) itIsNotRun(title, reasonOf(subject, "reopen"));
  else it(title, () => test(reopen));
};

/** A fact that only a store has which several may have open at once. Listed as not run elsewhere, with the reason. */
export const itSharesStore = (
  subject: StoreSubject,
  title: string,
  test: (alongside: NonNullable<StoreSubject["alongside"]>) => Promise<void>,
): void => {
  const { alongside } = subject;
  if (alongside === undefined) itIsNotRun(title, reasonOf(subject, "alongside"));
  else it(title, () => test(alongside));
};

/** A fact of a store to which a fault can be done; one of many places may take a while. Listed as not run elsewhere, with the reason. */
export const itHasFault = <P extends keyof StoreFaults>(
  [subject, part]: readonly [StoreSubject, P],
  title: string,
  test: (fault: NonNullable<StoreFaults[P]>) => Promise<void>,
): void => {
  const fault = subject.faults?.[part];
  if (fault === undefined) itIsNotRun(title, reasonOf(subject, part));
  else it(title, () => test(fault), 120_000);
};

/** A fact that touches other laws as well, of stores that keep those. Listed as not run elsewhere, with the reason for the law. */
export const itKeepsLaws = (
  [subject, ...laws]: readonly [StoreSubject, ...string[]],
  title: string,
  test: () => Promise<void>,
): void => {
  const reason = laws.map((law) => subject.notRun?.[law]).find((found) => found !== undefined);
  if (reason === undefined) it(title, test, 60_000);
  else itIsNotRun(title, reason);
};

const reasonOf = (subject: StoreSubject, part: SubjectPart): string => subject.notRun?.[part] ?? without[part];

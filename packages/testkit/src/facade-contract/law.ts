import { it as test } from "vitest";

import type { FacadeSubject } from "./facade-subject.ts";

type Deviations = NonNullable<FacadeSubject["deviations"]>;

/** Of the subject whose suite is being registered, with those that no law has met yet. */
let declared: Deviations = {};
let unmet = new Set<string>();

/** Registers the laws that `add` adds, but for those that the subject declares not to keep. */
export const withDeviations = (deviations: Deviations, add: () => void): void => {
  declared = deviations;
  unmet = new Set(Object.keys(deviations));
  add();
  declared = {};
  if (unmet.size > 0) throw new TypeError(`expected deviations from laws of the suite, found ${[...unmet].join("; ")}`);
};

const law = (title: string, run: () => Promise<void>): void => {
  unmet.delete(title);
  const reason = declared[title];
  if (reason === undefined) test(title, run);
  else test.skip(`${title} (not run: ${reason})`, run);
};

/** A law of the suite, as vitest's own `it`. */
export const it = Object.assign(law, { each: test.each.bind(test) });

import { callKey, repeatedFailures } from "@holdfast/core/session";

import { stopped } from "./call-outcomes.ts";

import type { CallPart } from "@holdfast/core";
import type { CallOutcome } from "@holdfast/core/event";
import type { History } from "@holdfast/core/session";

/** The calls that failed in the open activity, and which of them are not worth another try. Read once, when it is first asked. */
export class DoomedCalls {
  readonly #history: () => History;
  readonly #limit: number;
  #failures: Map<string, number> | undefined;

  /** @param limit How often one may fail in a row. */
  constructor(history: () => History, limit: number) {
    this.#history = history;
    this.#limit = limit;
  }

  /** Why a call is not run again; undefined where it may be. */
  refusalOf({ name, input }: Pick<CallPart, "name" | "input">): CallOutcome | undefined {
    this.#failures ??= repeatedFailures(callsOfActivity(this.#history()));
    const failures = this.#failures.get(callKey(name, input)) ?? 0;
    if (failures < this.#limit) return undefined;
    return stopped(
      "budget",
      `This very call has failed ${failures} times in a row and would fail again. Read what it said, and do something else.`,
    );
  }
}

/** Whatever was called since a person last said something, oldest first. */
const callsOfActivity = (history: History): readonly CallPart[] => {
  const calls: CallPart[] = [];
  for (let index = history.size - 1; index >= 0; index--) {
    const message = history.at(index);
    if (message?.role === "system") continue;
    if (message?.role !== "assistant") break;
    calls.unshift(...message.content.filter((part): part is CallPart => part.type === "call"));
  }
  return calls;
};

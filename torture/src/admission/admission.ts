import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel } from "@holdfast/testkit";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";

import type { Outcome, Torture } from "../torture.ts";

const prompts = 500;
const altered = 50;
const submitter = new URL("submitter.ts", import.meta.url);

/** Two processes submit the same prompt identities to one file at once. */
export const admission: Torture = {
  name: "admission",
  proves: "two processes that submit the same prompts at once admit each exactly once, and refuse altered ones",
  run: async ({ full }): Promise<Outcome> => {
    const rounds = full ? 10 : 1;
    const total: Record<string, number> = {};
    const broken: string[] = [];
    for (let round = 0; round < rounds; round++) await runRound(total, broken);
    const expected = { admissions: prompts * rounds, replays: prompts * rounds, "input.conflict": altered * rounds };
    for (const [what, count] of Object.entries(expected)) {
      if (total[what] !== count) broken.push(`expected ${count} × ${what}, found ${total[what] ?? 0}`);
    }
    for (const what of Object.keys(total)) if (!(what in expected)) broken.push(`${total[what]} × ${what}`);
    return { done: { rounds, ...total, "busy errors": total["store.busy"] ?? 0 }, broken };
  },
};

const runRound = async (total: Record<string, number>, broken: string[]): Promise<void> => {
  await using scratch = await makeScratch();
  const model = scriptedModel([]);
  await using holdfast = await createRuntime({
    store: await openSqliteStore({ path: scratch.store }),
    model: () => ({ model }),
    recovery: "off",
  });
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: scratch.directory } });
  await using first = startChild(submitter, { store: scratch.store, sessionId });
  await using second = startChild(submitter, { store: scratch.store, sessionId });
  await Promise.all([first.next(), second.next()]);
  first.say(String(prompts));
  second.say(String(prompts));
  add(total, await Promise.all([first.next(), second.next()]));
  first.say(`${altered} altered`);
  add(total, [await first.next()]);
  const inputs = await holdfast.sessions.inputs({ sessionId });
  if (inputs.length !== prompts) broken.push(`expected ${prompts} inputs in the inbox, found ${inputs.length}`);
};

const add = (total: Record<string, number>, counts: readonly unknown[]): void => {
  for (const count of counts as readonly Record<string, number>[]) {
    for (const [what, times] of Object.entries(count)) total[what] = (total[what] ?? 0) + times;
  }
};

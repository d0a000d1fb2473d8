import { createRuntime } from "@holdfast/runner";
import { serve } from "@holdfast/http";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createRandom, scriptedModel } from "@holdfast/testkit";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";

import type { Holdfast } from "@holdfast/core";
import type { Outcome, Torture } from "../torture.ts";
import type { Answered, Submission } from "./submission.ts";

const submitter = new URL("submitter.ts", import.meta.url);
const retries = 10;
const sessions = 10;
const processes = 2;

/** Many clients send the same prompts at once, again and again, as those do that were told nothing. */
export const http: Torture = {
  name: "http",
  proves: `prompts that arrive at once over HTTP, each ${retries} times under its identity, are admitted exactly once, whoever asked first`,
  run: async ({ full, seed }): Promise<Outcome> => {
    const identities = full ? 1_000 : 200;
    await using scratch = await makeScratch();
    const model = scriptedModel([]);
    await using holdfast = await createRuntime({
      store: await openSqliteStore({ path: scratch.store }),
      model: () => ({ model }),
      recovery: "off",
    });
    await using server = await serve({ holdfast, server: { connections: 20_000, headersMs: 120_000 } });
    const ids: string[] = [];
    for (let index = 0; index < sessions; index++) {
      ids.push((await holdfast.sessions.create({ location: { directory: scratch.directory } })).id);
    }
    const submissions = shuffled(submissionsOf(identities, ids), createRandom(seed));
    const share = Math.ceil(submissions.length / processes);
    await using first = startChild(submitter, { port: server.port });
    await using second = startChild(submitter, { port: server.port });
    await Promise.all([first.next(), second.next()]);
    const startedAt = performance.now();
    first.say(JSON.stringify(submissions.slice(0, share)));
    second.say(JSON.stringify(submissions.slice(share)));
    const answers = (await Promise.all([first.next(), second.next()])).flat() as unknown as readonly Answered[];
    const seconds = (performance.now() - startedAt) / 1_000;
    return judge({ answers, identities, seconds, held: await heldBy(holdfast, ids) });
  },
};

const submissionsOf = (identities: number, ids: readonly string[]): readonly Submission[] =>
  Array.from({ length: identities }, (_, index): readonly Submission[] => {
    const sessionId = ids[index % ids.length] ?? "";
    // Half of them by an ID of ours, half by the header.
    const identity = index % 2 === 0 ? { id: `msg_p${index}` } : { key: `prompt ${index}` };
    return Array.from({ length: retries }, () => ({ sessionId, text: `Prompt ${index}`, ...identity }));
  }).flat();

const shuffled = <T>(values: readonly T[], random: () => number): readonly T[] =>
  values
    .map((value) => ({ value, at: random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ value }) => value);

const heldBy = async (holdfast: Holdfast, ids: readonly string[]): Promise<readonly string[]> =>
  (await Promise.all(ids.map((sessionId) => holdfast.sessions.inputs({ sessionId })))).flat().map(({ text }) => text);

const judge = (found: {
  readonly answers: readonly Answered[];
  readonly identities: number;
  readonly seconds: number;
  readonly held: readonly string[];
}): Outcome => {
  const { answers, identities, seconds, held } = found;
  const broken: string[] = [];
  const expect = (what: string, value: number, expected: number): void => {
    if (value !== expected) broken.push(`expected ${expected} ${what}, found ${value}`);
  };
  const count = (what: Answered["what"]): number => answers.filter((answer) => answer.what === what).length;
  expect("answers", answers.length, identities * retries);
  expect("admissions", count("admitted"), identities);
  expect("replays", count("replayed"), identities * (retries - 1));
  expect("inputs in the inboxes", held.length, identities);
  expect("different inputs in the inboxes", new Set(held).size, identities);
  expect("identities of all receipts", new Set(answers.map(({ messageId }) => messageId)).size, identities);
  for (const { detail } of answers.filter(({ what }) => what === "failed").slice(0, 5)) broken.push(detail ?? "failed");
  const sorted = answers.map(({ ms }) => ms).toSorted((left, right) => left - right);
  const at = (part: number): number => Math.round(sorted[Math.floor(sorted.length * part)] ?? 0);
  return {
    done: {
      "prompts sent at once": answers.length,
      admissions: count("admitted"),
      replays: count("replayed"),
      "prompts a second": Math.round(answers.length / seconds),
      "admission latency, median ms": at(0.5),
      "admission latency, p99 ms": at(0.99),
    },
    broken,
  };
};

import { setTimeout as sleep } from "node:timers/promises";

import { createRandom, lastUserText, scriptedModel, text } from "@holdfast/testkit";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";

import type { Outcome, Torture } from "../torture.ts";

const prompter = new URL("prompter.ts", import.meta.url);

/** Two processes prompt one session at random times, so that wakes land while the other is ending its execution. */
export const wake: Torture = {
  name: "wake",
  proves: "a wake from another process that lands while the owner is ending its execution is not lost",
  run: async ({ full, seed }): Promise<Outcome> => {
    const prompts = full ? 2_000 : 200;
    await using scratch = await makeScratch();
    const model = scriptedModel((prompt) => [text(`Answer to ${lastUserText(prompt)}`)], { record: false });
    await using holdfast = await createRuntime({
      store: await openSqliteStore({ path: scratch.store }),
      model: () => ({ model }),
    });
    const { id: sessionId } = await holdfast.sessions.create({ location: { directory: scratch.directory } });
    await using child = startChild(prompter, { store: scratch.store, sessionId, prompts, seed: seed + 1 });
    await child.next();
    child.say("go");
    const random = createRandom(seed);
    for (let index = 0; index < prompts; index++) {
      await holdfast.sessions.prompt({ sessionId, text: `parent ${index}` });
      await sleep(random() * 4);
    }
    await child.next();
    const outcome = await holdfast.sessions.wait({ sessionId, timeoutMs: 30_000 });
    const broken =
      outcome.status === "completed" ? [] : [`expected the session to be completed, found ${outcome.status}`];
    const counts = await count(holdfast.sessions.events({ sessionId, until: "sync" }));
    if (counts.admitted !== prompts * 2) broken.push(`expected ${prompts * 2} admissions, found ${counts.admitted}`);
    if (counts.promoted !== counts.admitted) broken.push(`${counts.admitted} admitted, ${counts.promoted} promoted`);
    if (counts.started !== counts.ended) broken.push(`${counts.started} executions started, ${counts.ended} ended`);
    return { done: counts, broken };
  },
};

const count = async (items: ReturnType<Awaited<ReturnType<typeof createRuntime>>["sessions"]["events"]>) => {
  const counts = { admitted: 0, promoted: 0, started: 0, ended: 0, owners: 0 };
  let owner = "";
  for await (const item of items) {
    if (item.kind !== "event") continue;
    const { type, data } = item.event;
    if (type === "input.admitted") counts.admitted += 1;
    if (type === "input.promoted") counts.promoted += 1;
    if (type === "execution.ended") counts.ended += 1;
    if (type === "execution.started") {
      counts.started += 1;
      if (data.owner !== owner) counts.owners += 1;
      ({ owner } = data);
    }
  }
  return counts;
};

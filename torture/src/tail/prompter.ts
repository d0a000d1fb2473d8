// A process of the torture "wake": prompts a session at random times, and works on it when it is its turn.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createRandom, lastUserText, scriptedModel, text } from "@holdfast/testkit";

import { argumentOf, tell } from "../child-process.ts";

interface Argument {
  readonly store: string;
  readonly sessionId: string;
  readonly prompts: number;
  readonly seed: number;
}

const { store, sessionId, prompts, seed } = argumentOf() as Argument;
const model = scriptedModel((prompt) => [text(`Answer to ${lastUserText(prompt)}`)], { record: false });
const holdfast = await createRuntime({ store: await openSqliteStore({ path: store }), model: () => ({ model }) });
tell({ ready: true });
await once(process.stdin, "data");
const random = createRandom(seed);
for (let index = 0; index < prompts; index++) {
  await holdfast.sessions.prompt({ sessionId, text: `child ${index}` });
  await sleep(random() * 4);
}
const { status } = await holdfast.sessions.wait({ sessionId, timeoutMs: 30_000 });
tell({ status });
await holdfast[Symbol.asyncDispose]();
process.stdin.destroy();

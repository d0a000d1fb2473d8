// A process of the torture "admission": submits prompts as it is told, and counts what came of them.
import { createInterface } from "node:readline";

import { HoldfastError } from "@holdfast/core";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel } from "@holdfast/testkit";

import { argumentOf, tell } from "../child-process.ts";

interface Argument {
  readonly store: string;
  readonly sessionId: string;
}

const { store, sessionId } = argumentOf() as Argument;
const model = scriptedModel([]);
await using holdfast = await createRuntime({
  store: await openSqliteStore({ path: store }),
  model: () => ({ model }),
  recovery: "off",
});

const submit = async (count: number, suffix: string): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  const add = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      try {
        const text = `Prompt ${index}${suffix}`;
        const receipt = await holdfast.sessions.prompt({ sessionId, id: `msg_p${index}`, text, resume: false });
        add(receipt.replayed ? "replays" : "admissions");
      } catch (error) {
        add(HoldfastError.isInstance(error) ? error.code : String(error));
      }
    }),
  );
  return counts;
};

tell({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const [count = "0", suffix = ""] = line.split(" ");
  if (line === "end") break;
  tell(await submit(Number(count), suffix));
}

// A process of the benchmark "wake": commits inputs to a session, each with the time at which its commit had ended.
import { setTimeout as sleep } from "node:timers/promises";

import { openSqliteStore } from "@holdfast/store-sqlite";
import { admitPlan, createDrafts } from "@holdfast/testkit";

const [path = "", seed = "", count = ""] = process.argv.slice(2);
await using store = await openSqliteStore({ path });
const drafts = createDrafts(seed);
for (let turn = 1; turn <= Number(count); turn++) {
  const { head } = await store.commit(admitPlan(drafts.turn(turn)));
  const at = performance.timeOrigin + performance.now();
  process.stdout.write(`${head.seq} ${at}\n`);
  // Not in step with the reader's polls.
  await sleep(10 + ((turn * 7) % 40));
}

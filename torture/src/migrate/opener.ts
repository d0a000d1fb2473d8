// A process of the torture "migrate": says that it is ready, opens a store when it is told, reads all of it, and writes to it.
import { once } from "node:events";

import { HoldfastError } from "@holdfast/core";
import { everySessionOf, verifyAll } from "./verify-all.ts";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { admitPlan, createDrafts, createPlan } from "@holdfast/testkit";
import { faultPointsFromEnvironment } from "@holdfast/testkit/fault";

import { argumentOf, tell } from "../child-process.ts";

const { store: path, name } = argumentOf() as { readonly store: string; readonly name: string };
let migrations = 0;
const count = () => void (migrations += 1);
const ignore = () => undefined;
// What it says of upkeep, on a busy machine, is no migration.
const logger = { debug: ignore, info: count, warn: ignore, error: ignore };

tell({ ready: true });
await once(process.stdin, "data");
process.stdin.destroy();
try {
  await using store = await openSqliteStore({ path, logger, faults: faultPointsFromEnvironment() });
  const drafts = createDrafts(name);
  await store.commit(createPlan(drafts));
  await store.commit(admitPlan(drafts));
  const sessions = await everySessionOf(store);
  const broken = await verifyAll(store, [drafts.sessionId]);
  tell({ storeId: store.storeId, sessions: sessions.length, migrations, broken: [...broken] });
} catch (error) {
  tell({ failed: HoldfastError.isInstance(error) ? `${error.code}: ${error.message}` : String(error) });
}

import { admitPlan, createDrafts, createPlan } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { PlanApplier } from "../src/commit/plan-applier.ts";
import { Writer } from "../src/commit/writer.ts";
import { EventTypes } from "../src/event-types.ts";
import { openSqliteStore } from "../src/index.ts";
import { SessionKeys } from "../src/session-keys.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const d = createDrafts("writer");

const onCommitted = () => {
  throw new Error("nobody can be told");
};

describe("the writer", () => {
  it("acknowledges every commit of a group, and goes on, where telling of one throws", async () => {
    using folder = temporaryFolder();
    const path = folder.join("s.db");
    await (await openSqliteStore({ path }))[Symbol.asyncDispose]();
    const connection = new Database(path);
    const applier = new PlanApplier(connection, new SessionKeys(connection), new EventTypes(connection));
    const writer = new Writer(connection, applier, { busyBudgetMs: 1_000, faults: undefined, onCommitted });
    const plans = [createPlan(d), admitPlan(d.turn(1)), admitPlan(d.turn(2))];
    const results = await Promise.all(plans.map((plan) => writer.write(plan)));
    expect(results.map(({ head }) => head.seq)).toEqual([0, 1, 2]);
    expect(await writer.exclusively(() => "written")).toBe("written");
    await writer.settled();
    connection.close();
  });
});

import { conditionFailed } from "@holdfast/core/store";
import { createDrafts } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { ChangeApplier } from "../src/commit/apply-change.ts";
import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { Change, InsertRow } from "@holdfast/core/store";

const { sessionId } = createDrafts("rows");
const session = { sessionId, key: 1 };

const withApplier = async (use: (applier: ChangeApplier, database: Database.Database) => void): Promise<void> => {
  using folder = temporaryFolder();
  await (await openSqliteStore({ path: folder.join("rows.db") }))[Symbol.asyncDispose]();
  const database = new Database(folder.join("rows.db"));
  try {
    use(new ChangeApplier(database), database);
  } finally {
    database.close();
  }
};

const message = (messageId: string, seq: number): InsertRow<"message"> =>
  ({ op: "insert", table: "message", row: { sessionId, messageId, seq, role: "user" } }) as InsertRow<"message">;

const require = (messageId: readonly string[], expect: "some" | "none"): Change =>
  ({ op: "require", table: "message", where: { messageId }, expect }) as Change;

describe("a row change", () => {
  it("inserts each value in its own column, in whatever order the row names them", async () => {
    await withApplier((applier, database) => {
      applier.apply(session, message("one", 1));
      const { row } = message("two", 2);
      const reversed = Object.fromEntries(Object.entries(row).toReversed());
      applier.apply(session, { op: "insert", table: "message", row: reversed } as never);
      expect(database.prepare("select messageId, seq, role from message order by seq").all()).toEqual([
        { messageId: "one", seq: 1, role: "user" },
        { messageId: "two", seq: 2, role: "user" },
      ]);
    });
  });

  it("takes away the rows that its filter finds, and no others, also those without a value", async () => {
    await withApplier((applier, database) => {
      const told = { sessionId, position: 0, epoch: null, text: "", removal: "", seq: 1 };
      for (const [key, hash] of [
        ["t/a", "1"],
        ["t/b", null],
        ["t/c", "1"],
        ["t/d", null],
      ] as const)
        applier.apply(session, { op: "insert", table: "context", row: { ...told, key, hash } });
      const left = (): unknown => database.prepare('select "key" from context order by "key"').pluck().all();
      applier.apply({ ...session, key: 2 }, { op: "delete", table: "context", where: { sessionId } });
      applier.apply(session, { op: "delete", table: "context", where: { sessionId, hash: null } });
      expect(left()).toEqual(["t/a", "t/c"]);
      applier.apply(session, { op: "delete", table: "context", where: { key: "t/a", hash: null } });
      applier.apply(session, { op: "delete", table: "context", where: { key: "t/c", epoch: null } });
      expect(left()).toEqual(["t/a"]);
    });
  });

  it("looks for as many values as its list has, of whatever length the list before was", async () => {
    await withApplier((applier) => {
      applier.apply(session, message("one", 1));
      applier.apply(session, message("four", 4));
      for (const list of [["one"], ["none", "one"], ["none", "nor", "nobody", "one"], ["one", "none"]]) {
        applier.apply(session, require(list, "some"));
      }
      const absent = require(["none", "nor", "nobody"], "some");
      expect(() => applier.apply(session, absent)).toThrow(conditionFailed(sessionId, absent));
      applier.apply(session, require(["none"], "none"));
    });
  });
});

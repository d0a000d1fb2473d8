import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { Access } from "../src/access.ts";

const busy = (): Error => Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY_RECOVERY" });

/** A read that another process is in the way of, that often. */
const readAfter = (times: number) => {
  let tries = 0;
  return () => {
    tries += 1;
    if (tries <= times) throw busy();
    return tries;
  };
};

describe("a read that another process is in the way of", () => {
  it("is tried again, and waited for when the store is closed", async () => {
    const access = new Access(new Database(":memory:"), "a.db", 1_000);
    const found = access.read(readAfter(3));
    access.close();
    await access.settled();
    expect(await found).toBe(4);
    await expect(access.read(readAfter(0))).rejects.toMatchObject({ code: "store.closed" });
  });

  it("is busy when its time is over, and leaves no transaction open", async () => {
    const connection = new Database(":memory:");
    const access = new Access(connection, "a.db", 20);
    await expect(access.readTogether(readAfter(1_000))).rejects.toMatchObject({ code: "store.busy" });
    expect(connection.inTransaction).toBe(false);
    expect(await access.readTogether(readAfter(2))).toBe(3);
  });

  it("of several statements says why it failed, also where its transaction is gone", async () => {
    const connection = new Database(":memory:");
    const access = new Access(connection, "a.db", 20);
    const read = () => {
      connection.exec("rollback");
      throw Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR_READ" });
    };
    await expect(access.readTogether(read)).rejects.toMatchObject({
      code: "store.io",
      data: { sqlite: "SQLITE_IOERR_READ" },
    });
    expect(await access.readTogether(readAfter(0))).toBe(1);
  });
});

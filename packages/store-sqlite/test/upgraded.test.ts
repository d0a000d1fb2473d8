import { HoldfastError } from "@holdfast/core";
import { createDrafts } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { refusalOf } from "./refusal-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { changeFile } from "./version-1.ts";

describe("a store that another process upgrades", () => {
  it("is not written to any more, and read on where the upgrade allows it", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await using store = await openSqliteStore({ path });
    changeFile(path, "pragma user_version = 99");
    const { sessionId, ownerId } = createDrafts("late");
    expect(await refusalOf(store.retire(ownerId))).toMatchObject({ code: "store.upgraded" });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await store.head(sessionId)).toBeNull();
  });

  it.each(["while somebody watches", "while nobody does", "where a table is not there any more"])(
    "is not read any more where it would be read wrongly: noticed %s",
    async (when) => {
      using folder = temporaryFolder();
      const path = folder.join("store.db");
      await using store = await openSqliteStore({ path });
      const { sessionId } = createDrafts("late");
      using _ = when === "while somebody watches" ? store.watch(sessionId, () => {}) : undefined;
      const sql = "pragma user_version = 99; update meta set value = '99' where key = 'minReaderVersion'";
      changeFile(path, when.startsWith("where") ? `${sql}; drop table session` : sql);
      const read = async () => (await refusalOf(store.floor(sessionId).then(() => Promise.reject(pending)))).code;
      if (when.startsWith("where")) expect(await read()).toBe("store.upgraded");
      else await expect.poll(() => read(), { timeout: 3_000 }).toBe("store.upgraded");
    },
  );
});

const pending = new HoldfastError("store.busy", { message: "Not noticed yet." });

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";

import { createDrafts, createPlan } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { assertSqliteVersion } from "../src/driver.ts";
import { moveAside, openSqliteStore } from "../src/index.ts";
import { assertLocal } from "../src/place/assert-place.ts";
import { mountIn, networkFileSystemName, networkFileSystemOf } from "../src/place/network-file-system.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { writeTurns } from "./write-turns.ts";

const d = createDrafts("place");

const makeStore = async (path: string): Promise<void> => {
  await using store = await openSqliteStore({ path });
  await writeTurns(store, d, [1, 40]);
};

describe("a network file system", () => {
  // The numbers of linux/magic.h, as statfs gives them: signed on some platforms.
  it.each([
    ["NFS", 0x6969, "NFS"],
    ["SMB", 0x517b, "SMB"],
    ["CIFS", 0xff534d42, "CIFS"],
    ["CIFS, signed", 0xff534d42 - 2 ** 32, "CIFS"],
    ["SMB2", 0xfe534d42, "SMB2"],
    ["AFS", 0x5346414f, "AFS"],
    ["Ceph", 0x00c36400, "Ceph"],
    ["Lustre", 0x0bd00bd0, "Lustre"],
  ])("is told by its number: %s", (_, type, name) => {
    expect(networkFileSystemName(type, null)).toBe(name);
  });

  it.each([
    ["ext4", 0xef53],
    ["tmpfs", 0x01021994],
    ["btrfs", 0x9123683e],
    ["xfs", 0x58465342],
    ["overlay", 0x794c7630],
    ["zfs", 0x2fc12fc1],
  ])("is not what is local: %s", (_, type) => {
    expect(networkFileSystemName(type, null)).toBeNull();
  });

  it.each([
    [{ type: "fuse.sshfs", options: "" }, 0x65735546, "fuse.sshfs"],
    [{ type: "fuse.s3fs", options: "" }, 0x65735546, "fuse.s3fs"],
    [{ type: "fuseblk", options: "" }, 0x65735546, null],
    [{ type: "fuse.bindfs", options: "" }, 0x65735546, null],
    [{ type: "9p", options: "rw,aname=drvfs;path=C:\\" }, 0x01021997, "9p of a Windows drive"],
    [{ type: "9p", options: "rw,trans=fd,cache=remote_revalidating" }, 0x01021997, null],
  ])("is told by its mount where the number is of both kinds: %o", (mount, number, name) => {
    expect(networkFileSystemName(number, mount)).toBe(name);
  });

  it("is found by the longest mount that holds the directory, and the latest of two at one place", () => {
    const mounts = [
      "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
      "30 22 0:40 / /mnt/far rw - fuse.sshfs host: rw,user_id=0",
      "31 22 0:41 / /mnt/with\\040space rw - fuse.rclone remote: rw",
      "32 22 0:42 / /mnt/twice rw - nfs4 host:/x rw",
      "33 22 0:43 / /mnt/twice rw - ext4 /dev/vdb rw",
    ].join("\n");
    expect(mountIn(mounts, "/mnt/far/deep")?.type).toBe("fuse.sshfs");
    expect(mountIn(mounts, "/mnt/farther")?.type).toBe("ext4");
    expect(mountIn(mounts, "/mnt/with space/x")?.type).toBe("fuse.rclone");
    expect(mountIn(mounts, "/mnt/twice")?.type).toBe("ext4");
    expect(mountIn("", "/")).toBeNull();
  });

  it("is refused by name, and allowed where the caller says so", () => {
    expect(() => assertLocal("/far/store.db", "NFS", false)).toThrow(
      expect.objectContaining({
        code: "store.network-file-system",
        data: { path: "/far/store.db", fileSystem: "NFS" },
        message: expect.stringContaining("allowNetworkFileSystem") as string,
      }),
    );
    expect(assertLocal("/far/store.db", "NFS", true)).toBe(true);
    expect(assertLocal("/near/store.db", null, false)).toBe(false);
  });

  it("is not what this test runs on, and allowing it changes nothing here", async () => {
    using folder = temporaryFolder();
    expect(await networkFileSystemOf(folder.path)).toBeNull();
    await using store = await openSqliteStore({ path: folder.join("store.db"), allowNetworkFileSystem: true });
    expect(store.capabilities.multiProcess).toBe(true);
  });
});

describe("SQLite's own version", () => {
  it.each(["3.43.0", "3.54.1", "4.0.0"])("is new enough: %s", (version) => {
    expect(() => assertSqliteVersion(version)).not.toThrow();
  });

  it.each(["3.42.0", "3.7.17", "2.8.17", ""])("is too old: %s", (version) => {
    expect(() => assertSqliteVersion(version)).toThrow(
      expect.objectContaining({ code: "store.unsupported-runtime", data: { found: version } }),
    );
  });
});

describe("moveAside", () => {
  it("moves a store with its write-ahead log, so that nothing is lost and a new one can begin", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    const store = await openSqliteStore({ path });
    await writeTurns(store, d, [1, 2]);
    // As a process leaves them that was killed: the log is not yet in the file.
    const [file, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
    await store[Symbol.asyncDispose]();
    writeFileSync(path, file);
    writeFileSync(`${path}-wal`, log);

    const aside = await moveAside(path);
    expect(aside).toMatch(/store\.db\.aside-\d{8}T\d{9}Z$/);
    expect(readFileSync(aside)).toEqual(file);
    expect(readFileSync(`${aside}-wal`)).toEqual(log);
    expect(readdirSync(folder.path).filter((name) => /^store\.db(-wal|-shm)?$/.test(name))).toEqual([]);
    await using fresh = await openSqliteStore({ path });
    expect(await fresh.head(d.sessionId)).toBeNull();
    await using old = await openSqliteStore({ path: aside });
    expect(await old.head(d.sessionId)).toMatchObject({ seq: 24 });
  });

  it("moves what is no store, and finds nothing where nothing is", async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.join("garbage.db"), "garbage");
    const aside = await moveAside(folder.join("garbage.db"));
    expect(readFileSync(aside, "utf8")).toBe("garbage");
    expect(readdirSync(folder.path)).toHaveLength(1);
    await expect(moveAside(folder.join("garbage.db"))).rejects.toMatchObject({ code: "store.not-found" });
  });
});

describe("quickCheck", () => {
  it("passes a whole store", async () => {
    using folder = temporaryFolder();
    await makeStore(folder.join("store.db"));
    await using store = await openSqliteStore({ path: folder.join("store.db"), quickCheck: true });
    await store.commit(createPlan(createDrafts("more")));
  });

  it("refuses a store with a damaged page that nothing has read yet, and leaves it as it is", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path);
    const database = new Database(path, { readonly: true });
    const page = database
      .prepare("select max(pageno) from dbstat where name = 'event' and pagetype = 'leaf'")
      .pluck()
      .get();
    const pageBytes = database.pragma("page_size", { simple: true }) as number;
    database.close();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, (Number(page) - 1) * pageBytes, Number(page) * pageBytes);
    writeFileSync(path, bytes);
    await expect(openSqliteStore({ path, quickCheck: true })).rejects.toMatchObject({
      code: "store.corrupt",
      message: expect.stringContaining("moveAside") as string,
    });
    expect(readFileSync(path)).toEqual(bytes);
    expect(statSync(path).size).toBe(bytes.length);
    await (await openSqliteStore({ path }))[Symbol.asyncDispose]();
  });
});

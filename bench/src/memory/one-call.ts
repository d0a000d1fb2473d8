// One call of a tool in a process of its own: prints by how many bytes its memory was at most above what it was before. Linux tells that.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { toOutputRef } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createSeededIds } from "@holdfast/testkit";

import { callerIn } from "../tool-caller.ts";

import type { JsonObject } from "@holdfast/core";
import type { FsToolName } from "@holdfast/tools-fs";

const [directory = "", name = "", input = "{}"] = process.argv.slice(2);

const ids = createSeededIds(process.pid);

const kilobytes = (field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1]);

// As in a runtime: what a call keeps goes into a store.
await using store = await openSqliteStore({ path: join(directory, "store.db") });
const place = { sessionId: ids.next("ses"), callId: ids.next("cal"), attempt: 1 };
const call = callerIn(directory, {
  keep: async (content) => {
    await store.putOutput(place, content);
    return toOutputRef(place);
  },
  read: () => Promise.reject(new Error("no call of these reads an output")),
});
// Its modules are loaded, and what it compiles once is compiled.
await call("glob", { pattern: "small*" });
await call("read", { path: "small.txt" });
// From here on the high-water mark is that of the call.
writeFileSync("/proc/self/clear_refs", "5");
const base = kilobytes("VmRSS");
const outcome = await call(name as FsToolName, JSON.parse(input) as JsonObject).then(
  () => "answered",
  (error: unknown) => (error instanceof Error && error.name === "ToolFailure" ? "refused" : `failed: ${String(error)}`),
);
process.stdout.write(JSON.stringify({ bytes: (kilobytes("VmHWM") - base) * 1024, outcome }));

import { canonicalJson } from "@holdfast/core";
import { exportLines, hashFloor, importLines } from "@holdfast/core/store";
import { describe, expect, it } from "vitest";

import { createDrafts } from "../src/drafts/drafts.ts";
import { createPlan } from "../src/drafts/plans.ts";
import { createMemoryStore } from "../src/memory-store/memory-store.ts";
import { sha256 } from "../src/sha256.ts";
import { commitLong, pruneUntil } from "../src/store-contract/prunes.ts";
import { resealFrom } from "../src/store-contract/transfers.ts";

import type { SealedEnvelope } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

const hash = sha256;
const d = createDrafts("exp");
const { sessionId } = d;
type Line = Record<string, unknown> & { readonly kind: string };

const pruned = createMemoryStore();
await commitLong(pruned, d);
await pruneUntil(pruned, sessionId, 60);

const linesOf = async (store: Store): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  for await (const text of exportLines(store, sessionId, hash)) {
    lines.push((JSON.parse(text) as { line: Line }).line);
  }
  return lines;
};

/** Lines chained anew: as an export of who made them up. */
const forged = (lines: readonly Line[]): readonly string[] => {
  let chain = "0".repeat(64);
  return lines.map((line) => {
    const body = canonicalJson(line as never);
    chain = hash(chain + body);
    return `{"chain":"${chain}","line":${body}}`;
  });
};

const outputLine = (key: object, data = btoa("evil")): Line => ({
  kind: "output",
  sessionId,
  callId: "cal_made1",
  attempt: 1,
  size: 4,
  offset: 0,
  data,
  ...key,
});

const withOutput = (lines: readonly Line[], output: Line): readonly Line[] => [
  ...lines.slice(0, -1),
  output,
  { ...lines.at(-1), kind: "end", outputs: 1 },
];

/** The call of the last frozen or logged answer refers to an output. */
const referring = (lines: readonly Line[], reference: string): readonly Line[] => {
  let before = "0".repeat(64);
  const messages = lines.map((line) => {
    if (line.kind !== "message") return line;
    const message = line["message"] as { value: string; messageId: string; seq: number; role: string };
    const value = message.value.replaceAll('"content":"done"', `"content":"done","output":"${reference}"`);
    const unsealed = { messageId: message.messageId, seq: message.seq, role: message.role, value };
    before = hash(canonicalJson({ before, ...unsealed }));
    return { ...line, message: { ...unsealed, hash: before } };
  });
  return messages.map((line) => {
    if (line.kind !== "manifest") return line;
    const floor = { ...(line["floor"] as object), messagesHash: before };
    return { ...line, floor, floorHash: hashFloor(floor as never, hash) };
  });
};

describe("importLines, of a hostile file", () => {
  it("takes what is forged to be the same, and says the hash of its floor", async () => {
    const lines = await linesOf(pruned);
    const floor = await pruned.floor(sessionId);
    expect(lines[0]).toMatchObject({ floorHash: floor === null ? "" : hashFloor(floor, hash) });
    expect(await importLines(createMemoryStore(), forged(lines), { hash })).toMatchObject({ status: "imported" });
  });

  it.each([{ floorHash: "a".repeat(64) }, { floorHash: undefined }])("refuses a floor with %j", async (change) => {
    const [manifest, ...lines] = await linesOf(pruned);
    const { floorHash: _, ...rest }: Line = { ...manifest, kind: "manifest" };
    const changed = { ...rest, ...(change.floorHash === undefined ? {} : change) };
    const work = importLines(createMemoryStore(), forged([changed, ...lines]), { hash });
    await expect(work).rejects.toMatchObject({ code: "import.malformed", data: { line: 1 } });
  });

  it("refuses a fork that goes beyond its log's end", async () => {
    const whole = createMemoryStore();
    await commitLong(whole, d);
    const forkedFrom = { sessionId: "ses_source", seq: 1e9, hash: "a".repeat(64) };
    const [manifest, ...lines] = await linesOf(whole);
    const events = lines.flatMap(({ kind, event }) => (kind === "event" ? [event as SealedEnvelope] : []));
    const changed = resealFrom(events, 0, { data: { ...events[0]?.data, forkedFrom } });
    const head = { seq: events.length - 1, hash: changed.at(-1)?.hash };
    const rest = lines.map((line) =>
      line.kind === "event" ? { ...line, event: changed[(line["event"] as SealedEnvelope).seq] } : line,
    );
    const text = forged([{ ...manifest, kind: "manifest", head }, ...rest]);
    await expect(importLines(createMemoryStore(), text, { hash })).rejects.toMatchObject({ code: "import.malformed" });
  });

  it("refuses outputs that nothing refers to, of whatever session", async () => {
    const store = createMemoryStore();
    const victim = createDrafts("victim");
    await store.commit(createPlan(victim));
    for (const key of [{}, { sessionId: victim.sessionId }]) {
      const lines = withOutput(await linesOf(pruned), outputLine(key));
      await expect(importLines(store, forged(lines), { hash })).rejects.toMatchObject({ code: "import.malformed" });
    }
    expect(await store.head(sessionId)).toBeNull();
  });

  it("takes outputs of its own, and none for a session that is native here", async () => {
    const victim = createDrafts("victim");
    for (const [owner, outputs] of [
      [sessionId, 1],
      [victim.sessionId, 0],
    ] as const) {
      const store = createMemoryStore();
      await store.commit(createPlan(victim));
      const lines = referring(await linesOf(pruned), `tool-output://${owner}/cal_made1/1`);
      const work = importLines(store, forged(withOutput(lines, outputLine({ sessionId: owner }))), { hash });
      expect(await work).toMatchObject({ status: "imported", outputs });
      const key = { sessionId: owner, callId: "cal_made1" as never, attempt: 1 };
      expect((await store.readOutput(key, { offset: 0, limit: 9 })) !== null).toBe(outputs === 1);
    }
  });

  it("refuses windows that are too long, and others that are no base64, in few words", async () => {
    for (const data of ["AAAA".repeat(70_000), "====", "x".repeat(9_000_000)]) {
      const lines = forged(withOutput(await linesOf(pruned), outputLine({}, data)));
      const error: unknown = await importLines(createMemoryStore(), lines, { hash }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "import.malformed" });
      expect(String(error).length).toBeLessThan(1_500);
    }
  });

  it("refuses a line and a whole that are too long before it reads them", async () => {
    const lines = forged(await linesOf(pruned));
    for (const options of [{ maxLength: 5_000 }, { maxLineLength: 300 }]) {
      const work = importLines(createMemoryStore(), lines, { hash, ...options });
      await expect(work).rejects.toMatchObject({ code: "import.malformed" });
    }
  });
});
